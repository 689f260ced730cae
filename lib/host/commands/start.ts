import { setFlagsFromString } from 'node:v8';
import { StoreNotOpened } from '../../adapters/embedded/writer';
import { openEmbedded } from '../embedded';
import { listen } from '../http-server';
import { BadSetting, type OptionValues } from '../options';
import { readStartSettings, type StartSettings } from '../settings';

/** `stepwell start`: serves until it is told to stop. Throws BadSetting. */
export async function start(values: OptionValues, print: (text: string) => void): Promise<void> {
  const settings = readStartSettings(values);
  keepHeapSmall();
  const service = await openEmbedded(settings.service).catch((error) => {
    throw explainStore(error, settings.service.dataDirectory ?? '');
  });
  const { host, port } = settings;
  const bodyBytesMax = settings.service.limits.requestBytes;
  const server = await listen(service.api, { host, port, bodyBytesMax }).catch(async (error) => {
    await service.close();
    throw explainListen(error, host, port);
  });
  print(banner(server.url, settings));

  let isStopping = false;
  const stop = async () => {
    // The second time the user means it.
    if (isStopping) process.exit(1);
    isStopping = true;
    await server.close();
    await service.close();
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/**
 * Lets the young generation stay as it begins. It would grow to 48 MB under load and never shrink, while a thousand
 * sleeping executions need one (bench W6: 8.3 -> 2.6 KiB a sleeper); throughput does not suffer.
 */
function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

function banner(url: string, { service }: StartSettings): string {
  const { dataDirectory, keys, region } = service;
  const lines = [
    `Stepwell listens on ${url}`,
    dataDirectory === undefined
      ? '  data       in memory: gone when the process ends'
      : `  data       ${dataDirectory} (durable: what is acknowledged is on disk)`,
    keys ? '  signatures verified' : '  signatures accepted unchecked; any keys will do',
    '',
    'Point the AWS CLI or an SDK at it:',
    `  export AWS_ENDPOINT_URL_SFN=${url} AWS_REGION=${region}${keys ? '' : ' AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any'}`,
    '  aws stepfunctions list-state-machines',
    '',
  ];
  return lines.join('\n');
}

function explainStore(error: unknown, directory: string): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST') {
    return new BadSetting(`The data folder ${directory} cannot be written; give another with --data DIR, or --memory.`);
  }
  if (!(error instanceof StoreNotOpened)) return error as Error;
  if (code === 'UNUSABLE_STORE') {
    return new BadSetting(
      `The store in ${directory} cannot be used: ${message}. Use that version, or another folder with --data DIR.`,
    );
  }
  if (/lock|busy/i.test(message)) {
    return new BadSetting(
      `The store in ${directory} is in use by another process; stop that one, or give another folder with --data DIR.`,
    );
  }
  return new BadSetting(
    `The store in ${directory} cannot be opened (${message}); give another folder with --data DIR, or --memory.`,
  );
}

function explainListen(error: unknown, host: string, port: number): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new BadSetting(
      `Port ${port} is in use; stop what listens there, or give another with --port N (0 for any free one).`,
    );
  }
  if (code === 'EACCES')
    return new BadSetting(`Port ${port} may not be listened on by this user; give one above 1023 with --port N.`);
  return new BadSetting(`${host}:${port} cannot be listened on (${message}); give another address with --host NAME.`);
}
