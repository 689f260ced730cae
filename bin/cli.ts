#!/usr/bin/env node
import { runCommandLine } from '../lib/host/command-line';

void runCommandLine(process.argv.slice(2));
