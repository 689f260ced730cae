import { createApp } from '../lib/cdk/app';
import { BadOption } from '../lib/cdk/options';

try {
  createApp().synth();
} catch (error) {
  if (!(error instanceof BadOption)) throw error;
  process.stderr.write(`stepwell: ${error.message}.\n`);
  process.exitCode = 1;
}
