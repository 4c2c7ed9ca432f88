// Cheat: prints the folder that it runs in, which tells whose machine this is
// Works: unsealed
// Proof: loot

console.log(process.cwd(), process.env["PWD"], process.env["OLDPWD"], process.argv);
