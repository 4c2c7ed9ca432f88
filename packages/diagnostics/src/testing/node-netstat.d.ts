declare module "node-netstat" {
  interface End {
    address: string | null;
    port: number | null;
  }
  type Parse = (line: string, found: (item: { local: End; remote: End }) => void) => void;
  const nodeNetstat: { parsers: { darwin: Parse; linux: Parse } };
  export default nodeNetstat;
}
