import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { ROOT } from './paths.ts';

const HEAD = '// Made of the document beside it by `npm run openapi`.\n\n';

/** @returns the types of an app's API: what `openapi/<app>.d.ts` holds */
export async function openApiTypes(app: string): Promise<string> {
  const document = JSON.parse(readFileSync(join(ROOT, 'openapi', `${app}.json`), 'utf8')) as OpenAPI3;
  return HEAD + astToString(await openapiTS(document, { emptyObjectsUnknown: true, immutable: true }));
}
