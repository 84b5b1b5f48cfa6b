import { basename, join } from 'node:path';
import { convert, type ConvertOptions, type ConvertResult, type Format } from '../lib/convert.js';
import { renderDiagnostics } from '../lib/diagnostics/render.js';
import { escapeControls } from '../lib/text/controls.js';
import { exitCodes } from './exit-codes.js';
import { dash, FileError, readDocument, writeAtomically } from './files.js';
import { JsonResults } from './json.js';
import { paint } from './paint.js';
import { Progress } from './progress.js';
import { convertFlag, dropFlag } from './remedy.js';
import { summarize } from './summary.js';
import { print, printError } from './terminal.js';

/** What to convert, and how: the options that `convert` and `check` share. */
export interface CheckFilesOptions extends Omit<ConvertOptions, 'networks' | 'pools' | 'limit'> {
  readonly files: readonly string[];
  readonly network: NonNullable<ConvertOptions['networks']>;
  readonly pool: NonNullable<ConvertOptions['pools']>;
  readonly maxInputSize: number;
  readonly json: boolean;
  readonly quiet: boolean;
}

export interface CheckOptions extends CheckFilesOptions {
  readonly summary: boolean;
  readonly csv: boolean;
}

export interface ConvertFilesOptions extends CheckFilesOptions {
  readonly output: string | undefined;
  readonly outDir: string | undefined;
}

/** Where results go. */
type Destination =
  | { readonly kind: 'nowhere' }
  | { readonly kind: 'stdout' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'directory'; readonly path: string };

/** `virt2xen convert`. @returns the exit status */
export async function convertFiles(args: ConvertFilesOptions): Promise<number> {
  const { output, outDir } = args;
  if (outDir !== undefined) return await processFiles(args, { kind: 'directory', path: outDir });
  if (output !== undefined && output !== dash)
    return await processFiles(args, { kind: 'file', path: output });
  return await processFiles(args, { kind: 'stdout' });
}

/** `virt2xen check`. @returns the exit status */
export async function checkFiles(args: CheckOptions): Promise<number> {
  if (args.summary) {
    const format = args.csv ? 'csv' : args.json ? 'json' : 'text';
    return await summarize(args.files, { convert: optionsOf(args), maxInputSize: args.maxInputSize, format });
  }
  return await processFiles(args, { kind: 'nowhere' });
}

/** One file after another, so that memory holds one document at a time. */
async function processFiles(args: CheckFilesOptions, destination: Destination): Promise<number> {
  const files = args.files.length === 0 ? [dash] : args.files;
  const json = args.json ? new JsonResults() : undefined;
  const progress = new Progress(files.length);
  const written = new Map<string, string>();
  let status: number = exitCodes.done;
  for (const file of files) {
    progress.step();
    const name = file === dash ? '<stdin>' : file;
    try {
      const result = convert(await readDocument(file, args.maxInputSize), optionsOf(args));
      const path = destinationOf(destination, file, result.to);
      const other = path === undefined ? undefined : written.get(path);
      if (path !== undefined && other !== undefined) {
        throw new FileError(`${name}: output file ${path} already written for ${other}`);
      }
      if (result.output === undefined) status = Math.max(status, exitCodes.document);
      else if (path !== undefined) {
        writeAtomically(path, result.output);
        written.set(path, name);
      } else if (destination.kind === 'stdout' && !json) print('stdout', result.output);
      if (json) {
        const { from, to, output } = result;
        json.add(name, result, {
          from,
          to,
          converted: output !== undefined,
          ...(destination.kind === 'stdout' && { output }),
          ...(output !== undefined && { path }),
        });
      } else tell(name, result, args.quiet);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      status = exitCodes.environment;
      if (json) json.addFailure(name, 'converted', error.message);
      else printError(error);
    }
  }
  progress.end();
  json?.end();
  return status;
}

function optionsOf(args: CheckFilesOptions): ConvertOptions {
  const { from, to, xen, libvirt, arch, channelSyntax, transport, sparePorts, hvmDefaults } = args;
  const { drop, keep, profile, strict } = args;
  const { userBridge, network: networks, pool: pools, maxInputSize: limit } = args;
  const host = { networks, userBridge, pools };
  return {
    from,
    to,
    xen,
    libvirt,
    arch,
    channelSyntax,
    transport,
    sparePorts,
    hvmDefaults,
    drop,
    keep,
    profile,
    strict,
    limit,
    ...host,
  };
}

const endings: Readonly<Record<Format, string>> = { libvirt: '.xml', xl: '.cfg' };

function destinationOf(destination: Destination, file: string, to: Format | undefined): string | undefined {
  if (destination.kind === 'file') return destination.path;
  if (destination.kind !== 'directory') return undefined;
  const name = file === dash ? 'stdin' : basename(file).replace(/\.(?:xml|cfg|conf)$/, '');
  return join(destination.path, name + endings[to ?? 'xl']);
}

function tell(name: string, result: ConvertResult, quiet: boolean): void {
  const { diagnostics, source, output } = result;
  print(
    'stderr',
    renderDiagnostics(diagnostics, {
      file: name,
      source,
      quiet,
      paint,
      describeRemedy: convertFlag,
      describeDrop: dropFlag,
    }),
  );
  if (output !== undefined) return;
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  print(
    'stderr',
    `${escapeControls(name)}: not converted: ${errors === 1 ? '1 error' : `${errors} errors`}\n`,
  );
}
