#!/usr/bin/env node
import { runAsProcess } from "@tcpip-workshop/command";
import { udpEcho } from "./command.ts";

await runAsProcess(udpEcho);
