import { chain } from './chain.mjs';
import { data } from './data.mjs';
import { functions } from './functions.mjs';
import { history } from './history.mjs';
import { map } from './map.mjs';
import { nested } from './nested.mjs';
import { parallel } from './parallel.mjs';
import { sleepers } from './sleepers.mjs';
import { start } from './start.mjs';
import { starts } from './starts.mjs';
import { tasks } from './tasks.mjs';

/**
 * The workloads by name, in the order of the table. Each says which figures it gives, and measures them in `run(trial)`,
 * at a server that nobody has used before: it warms it up first.
 */
export const WORKLOADS = { chain, starts, tasks, history, parallel, map, data, nested, sleepers, functions, start };
