export { FrozenListener, type FrozenListenerOptions } from "./frozen-listener.ts";
export type { ListenerSockets } from "./tcp-table.ts";
export { refusedPort, type RefusedPort, type RefusedPortOptions } from "./refused-port.ts";
export { lab, type LabResult, type LabRunOptions, type LabSetup } from "./lab.ts";
export { labAvailable, type LabAvailability } from "./lab-available.ts";
