import { RULES, type Rule } from './rules';
import { explore } from './search';

/** The model as its own process: prints one line of JSON for each world, first that which keeps to all rules. */
function main(): void {
  const rules: (Rule | undefined)[] = [undefined, ...(Object.keys(RULES) as Rule[])];
  for (const rule of rules) {
    process.stdout.write(`${JSON.stringify({ without: rule && RULES[rule], ...explore(rule) })}\n`);
  }
}

main();
