import { readFileSync } from 'node:fs';
import { packageRoot } from '../core/package-root.ts';

const text = readFileSync(new URL('package.json', packageRoot), 'utf8');

export const { version } = JSON.parse(text) as { readonly version: string };
