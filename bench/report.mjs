import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { median } from './measure.mjs';
import { WORKLOADS } from './workloads/index.mjs';

const README = new URL('./README.md', import.meta.url);

/**
 * The table in Markdown, and below it why a cell says WRONG or nothing. The first contender is ours. An outcome is what
 * one trial gave: `{ workload, contender, figures, wrongs, remarks }`.
 */
export function tableOf(contenders, outcomes) {
  const [ours, ...peers] = contenders;
  const head = ['workload', 'figure', 'better', ...contenders, ...peers.map((peer) => `ratio to ${peer}`)];
  const rows = [];
  for (const [workload, { figures }] of Object.entries(WORKLOADS)) {
    if (!outcomes.some((outcome) => outcome.workload === workload)) continue;
    for (const [figure, { title, unit, better }] of Object.entries(figures)) {
      const cells = contenders.map((contender) => cellOf(outcomes, { workload, contender, figure }));
      const ratios = peers.map((peer) => {
        const [own, other] = [ours, peer].map((contender) => medianOf(outcomes, { workload, contender, figure }));
        return own === undefined || other === undefined ? '-' : rounded(own / other);
      });
      rows.push([workload, `${title}, ${unit}`, better, ...cells, ...ratios]);
    }
  }
  const reasons = reasonsOf(outcomes);
  return [markdownOf(head, rows), ...(reasons.length > 0 ? ['', ...reasons] : [])].join('\n');
}

/** Columns as wide as their widest cell, the words at the left and the figures at the right. */
function markdownOf(head, rows) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((cells) => cells[column].length)));
  const isFigure = (column) => column >= 3;
  const rule = widths.map((width, column) => (isFigure(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  const padded = (cell, column) => (isFigure(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]));
  return [head, rule, ...rows].map((cells) => `| ${cells.map(padded).join(' | ')} |`).join('\n');
}

/** Date, processor, and the rest of what a figure depends on. */
export function conditions(reps) {
  const cores = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cores[0].model.trim(),
    cores: cores.length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: os.type(),
    node: process.version,
    repetitions: reps,
  };
}

/** Puts the table into README.md, in the place of the last one. */
export function writeTable(table, { date, processor, cores, memoryGiB, system, node, repetitions }) {
  const told = `${date}: ${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}. Repetitions: ${repetitions}.`;
  const place = /(?<=<!-- table -->\n)[\s\S]*(?=<!-- end of table -->)/;
  writeFileSync(
    README,
    readFileSync(README, 'utf8').replace(place, () => `\n${told}\n\n${table}\n\n`),
  );
}

function trialsOf(outcomes, { workload, contender }) {
  return outcomes.filter((outcome) => outcome.workload === workload && outcome.contender === contender);
}

function medianOf(outcomes, cell) {
  return median(
    trialsOf(outcomes, cell)
      .map(({ figures }) => figures[cell.figure])
      .filter((value) => value !== undefined),
  );
}

function cellOf(outcomes, cell) {
  const value = medianOf(outcomes, cell);
  const isWrong = trialsOf(outcomes, cell).some(({ wrongs }) => wrongs.length > 0);
  if (isWrong) return value === undefined ? 'WRONG' : `WRONG ${rounded(value)}`;
  return value === undefined ? '-' : rounded(value);
}

function reasonsOf(outcomes) {
  const lines = outcomes.flatMap(({ workload, contender, wrongs, remarks }) => [
    ...[...new Set(wrongs)].slice(0, 3).map((wrong) => `- ${contender}, ${workload}: WRONG: ${wrong}`),
    ...remarks.map((remark) => `- ${contender}, ${workload}: ${remark}`),
  ]);
  return [...new Set(lines.map((line) => line.replaceAll(/\s+/g, ' ').slice(0, 200).trim()))].sort();
}

/** Three digits are more than a benchmark can tell. */
function rounded(value) {
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 3 });
}
