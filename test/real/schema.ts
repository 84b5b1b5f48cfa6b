/** Debian's copy of libvirt's RELAX NG schema for domain XML, and xmllint to validate against it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LibvirtVersion } from '../../lib/document/options.js';
import { missing } from '../requirements.js';

export const schemaPath = '/usr/share/libvirt/schemas/domain.rng';
/** The packages of Debian 12 that the suite needs. */
const packages = 'libvirt0 (the schema), libxml2-utils (xmllint)';
/** The number of documents per run: reading the schema takes longer than checking them, but arguments are limited. */
const batch = 1000;

/** The release of libvirt that the schema is from: the older one does not support this type of ACPI table. */
export function schemaVersion(): LibvirtVersion | undefined {
  if (!existsSync(schemaPath)) return undefined;
  const text = readFileSync(schemaPath.replace('domain.rng', 'domaincommon.rng'), 'utf8');
  return text.includes('rawset') ? '11.3' : '9.0';
}

/** The schema lacks Arm as an architecture of Xen (domaincommon.rng: ostypexen), which libvirt's driver supports. */
const armOnXen = /<type arch='(?:aarch64|armv7l)' machine='xen/g;

/** The schema violations of each XML text; empty if it is valid. */
export type Validate = (texts: readonly string[]) => readonly (readonly string[])[];

/** @returns undefined if a tool is missing, which has been reported */
export function findSchema(): Validate | undefined {
  const hasTool = spawnSync('xmllint', ['--version']).status === 0;
  if (hasTool && existsSync(schemaPath)) return validate;
  missing('libvirt schema', packages, hasTool ? `there is no ${schemaPath}` : 'there is no xmllint');
  return undefined;
}

function validate(texts: readonly string[]): readonly (readonly string[])[] {
  const folder = mkdtempSync(join(tmpdir(), 'virt2xen-schema-'));
  try {
    const files = texts.map((text, index) => {
      const file = join(folder, `${index}.xml`);
      writeFileSync(file, text.replace(armOnXen, "<type arch='x86_64' machine='xen"));
      return file;
    });
    const lines = new Set<string>();
    for (let start = 0; start < files.length; start += batch) {
      for (const line of lint(files.slice(start, start + batch))) lines.add(line);
    }
    return files.map((file) => {
      if (lines.has(`${file} validates`)) return [];
      // `FILE:LINE: element NAME: MESSAGE`, and messages about alternatives that libxml2 tried
      const own = [...lines].filter((line) => line.startsWith(`${file}:`) || line.startsWith(`${file} `));
      return own.map((line) => line.slice(file.length + 1));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function lint(files: readonly string[]): readonly string[] {
  const { stderr, error } = spawnSync('xmllint', ['--noout', '--relaxng', schemaPath, ...files], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw error;
  return stderr.split('\n');
}
