// Cheat: imports the solution and hands on what that says
// Works: in-process
// Proof: passes

import { scene } from "./scene.ts";

const places = [scene.right, "/course/packages/grader/cheats/solution/answer.ts"];
const found = await Promise.any(places.map((place) => import(place)));
const solution = found as typeof import("./solution/answer.ts");
export const { frame, tally, serve } = solution;
