import { statSync } from 'node:fs';
import { join } from 'node:path';
import { BadSetting } from '../refusal';
import { readAssembly } from './cloudformation/assembly';
import { findInStacks, stackOfFile } from './cloudformation/stacks';
import { isMembers, templateIn } from './cloudformation/template';
import type { Documents, SourceDocument } from './documents';
import type { Found, ImportSettings } from './found';
import { serverlessTemplate } from './serverless/service';
import { findInTerraform } from './terraform';

/** What reads one kind of file. */
interface Source {
  /** Answers undefined for a file that is not its own. */
  find(document: SourceDocument, documents: Documents, settings: ImportSettings): Found | undefined;
}

/** In the order in which they are asked. A new one is a line here, a file beside, and a test in test/cli/import. */
const SOURCES: readonly Source[] = [
  {
    find(document, documents, settings) {
      const template = templateIn(document);
      return template && findInStacks([stackOfFile(documents, document.file, template)], documents, settings);
    },
  },
  {
    find(document, documents, settings) {
      const stack = serverlessTemplate(document, documents, settings);
      return stack && findInStacks([stack], documents, settings);
    },
  },
  { find: (document, _, settings) => findInTerraform(document, settings) },
];

/** In a folder, what is looked for when it is no output of `cdk synth`. */
const USUAL_FILES = [
  'cdk.out',
  'serverless.yml',
  'serverless.yaml',
  'serverless.json',
  'template.yaml',
  'template.yml',
  'template.json',
];

const WANTED =
  'a folder that `cdk synth` wrote, a template of CloudFormation or SAM, a serverless.yml, or what `terraform show -json` prints';

/** Reads what a path names. Throws BadSetting. */
export function readSource(path: string, documents: Documents, settings: ImportSettings): Found {
  if (path !== '-' && statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    if (isThere(join(path, 'manifest.json'))) {
      return findInStacks(readAssembly(documents, path, settings.stacks), documents, settings);
    }
    const files = USUAL_FILES.filter((file) => isThere(join(path, file)));
    if (files.length === 1) return readSource(join(path, files[0]!), documents, settings);
    const what = files.length === 0 ? 'nothing that can be imported' : `more than one: ${files.join(', ')}`;
    throw new BadSetting(`in the folder ${path} there is ${what}. Give ${WANTED}.`);
  }
  if (/(^|[\\/])manifest\.json$/.test(path)) return readSource(join(path, '..'), documents, settings);
  const document = documents.document(path);
  for (const source of SOURCES) {
    const found = source.find(document, documents, settings);
    if (found) return found;
  }
  const hint =
    isMembers(document.value) && 'States' in document.value
      ? 'It is a definition: `stepwell validate` and `stepwell run` take it, and CreateStateMachine.'
      : `Give ${WANTED}.`;
  throw new BadSetting(`${path} is nothing that can be imported. ${hint}`);
}

const isThere = (file: string): boolean => statSync(file, { throwIfNoEntry: false }) !== undefined;
