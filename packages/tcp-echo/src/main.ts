#!/usr/bin/env node
import { runAsProcess } from "@tcpip-workshop/command";
import { tcpEcho } from "./command.ts";

await runAsProcess(tcpEcho);
