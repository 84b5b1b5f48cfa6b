import { originOf } from '../lib/diagnostics/origin.js';
import { renderDiagnostics } from '../lib/diagnostics/render.js';
import type { Diagnostic } from '../lib/diagnostics/diagnostic.js';
import { Report } from '../lib/diagnostics/diagnostic.js';
import { isPort } from '../lib/model/channel.js';
import { backendCalled } from '../lib/realize/backends/choose.js';
import { describePlan, planCommand } from '../lib/realize/describe.js';
import { pathOfPort, pathsOfPlan } from '../lib/realize/diagram/plan.js';
import { drawPaths } from '../lib/realize/diagram/text.js';
import { readChannelDocument, type ChannelDocument } from '../lib/realize/document.js';
import { domId } from '../lib/realize/domid.js';
import { RealizeError } from '../lib/realize/error.js';
import { attach, type AttachedChannel } from '../lib/realize/host/attach.js';
import { detach, detachUnsaved, type DetachResult } from '../lib/realize/host/detach.js';
import { findDomain } from '../lib/realize/dom0/domain.js';
import { planWrites } from '../lib/realize/keys.js';
import { defaultRuntimeDirectory } from '../lib/realize/dom0/host.js';
import { plan } from '../lib/realize/plan.js';
import { planScript } from '../lib/realize/script.js';
import { Xenstore } from '../lib/realize/xenstore/client.js';
import { formatPermissions } from '../lib/realize/xenstore/permissions.js';
import { socketPath } from '../lib/realize/xenstore/socket.js';
import { quoted } from '../lib/text/controls.js';
import { exitCodes } from './exit-codes.js';
import { dash, readDocument } from './files.js';
import { keepInForeground, stopSignal } from './foreground.js';
import { hostOf } from './host.js';
import { guarded, printJson } from './guarded.js';
import { diagnosticsForJson } from './json.js';
import { paint } from './paint.js';
import { findOrNone, forget, persist } from './persist.js';
import type { AttachOptions, ChannelOptions, DetachOptions, PlanOptions } from './realize-options.js';
import { realizeFlag } from './remedy.js';
import { accessOf } from './socket-access.js';
import { print } from './terminal.js';

/** `virt2xen attach`. @returns the exit status */
export async function attachDocument(args: AttachOptions): Promise<number> {
  return await guarded(args.json, async () => {
    const access = await accessOf(args);
    const document = await readChannels(args);
    if (hasErrors(document.diagnostics)) return refuse(args, document, document.diagnostics);
    await using store = await Xenstore.connect(socketPath(process.env));
    const domain = await (args.persistent ? findOrNone : findDomain)(store, args.domain);
    if (!domain) {
      await persist(args, document, { name: args.domain });
      return reportPersisted(args, document);
    }
    const { backend, ringBuffer, allowUnsaved } = args;
    const host = hostOf(store, args);
    const options = {
      backend,
      access,
      allowUnsaved,
      ...(ringBuffer !== undefined && { limitBytes: ringBuffer }),
    };
    const stop = args.foreground ? stopSignal() : undefined;
    const result = await attach(host, domain, document.channels, options);
    const diagnostics = [...document.diagnostics, ...result.diagnostics];
    if (hasErrors(diagnostics)) return refuse(args, document, diagnostics);
    const { channels, removed } = result;
    if (args.persistent) await persist(args, document, domain);
    if (args.json) {
      const found = diagnosticsForJson(diagnostics, document.source);
      printJson({ domain, backend: result.backend, channels, removed, diagnostics: found });
    } else {
      tell(args.file, document, diagnostics);
      for (const channel of channels) print('stdout', `${describeChannel(channel)}\n`);
      for (const name of removed) print('stdout', `removed  ${quoted(name)}\n`);
    }
    if (!stop) return exitCodes.done;
    const attachment = { domain, channels: document.channels, options };
    // The JSON document has already been printed.
    return await guarded(false, () => keepInForeground(host, attachment, stop));
  });
}

/** `virt2xen detach`. @returns the exit status */
export async function detachChannels(args: DetachOptions): Promise<number> {
  return await guarded(args.json, async () => {
    await using store = await Xenstore.connect(socketPath(process.env));
    const { domain, removed } = args.persistent ? await forget(store, args) : await detachNow(store, args);
    if (args.json) printJson({ domain, removed });
    else for (const name of removed) print('stdout', `removed  ${quoted(name)}\n`);
    return exitCodes.done;
  });
}

async function detachNow(store: Xenstore, args: DetachOptions): Promise<DetachResult> {
  const [host, domain] = [hostOf(store, args), await findDomain(store, args.domain)];
  return args.unsavedPorts ? await detachUnsaved(host, domain) : await detach(host, domain, args.names);
}

/** `virt2xen plan`. @returns the exit status */
export async function planDocument(args: PlanOptions): Promise<number> {
  return await guarded(args.json, async () => {
    const access = await accessOf(args);
    const document = await readChannels(args);
    const report = new Report();
    const { domid, ringBuffer } = args;
    for (const channel of args.diagram ? [] : document.channels.filter(isPort)) {
      const message = `channel '${channel.name}': a plan of a port depends on the running device model; attach it`;
      report.add('channel-attach', message, originOf(channel));
    }
    const planned = plan(
      document.channels.filter((channel) => !isPort(channel)),
      { domid, name: document.name ?? `domain-${domid}` },
      {
        // `auto` depends on xenstore, which is not read here.
        servedBy: await backendCalled(args.backend === 'auto' ? 'qemu' : args.backend),
        backendDomid: domId(0),
        backendDomains: args.backendDomain,
        ...(ringBuffer !== undefined && { limitBytes: ringBuffer }),
      },
      report,
    );
    const diagnostics = [...document.diagnostics, ...report.diagnostics];
    if (hasErrors(diagnostics)) return refuse(args, document, diagnostics);
    const directory = `${defaultRuntimeDirectory}/domain-${domid}`;
    if (args.json) {
      printJson({
        ...planned,
        writes: planWrites(planned).map(({ path, value, permissions }) => ({
          path,
          value,
          permissions: formatPermissions(permissions),
        })),
        command: planCommand(planned, directory),
        diagnostics: diagnosticsForJson(diagnostics, document.source),
      });
      return exitCodes.done;
    }
    tell(args.file, document, diagnostics);
    if (args.diagram) {
      // A port is drawn as the one that the guest is started with.
      const ports = document.channels.filter(isPort).flatMap((channel) => pathOfPort(channel) ?? []);
      print('stdout', drawPaths([...pathsOfPlan(planned), ...ports]));
      return exitCodes.done;
    }
    if (!args.script) {
      print('stdout', describePlan(planned, directory));
      return exitCodes.done;
    }
    const script = planScript(planned, { access, directory });
    if (script === undefined)
      throw new RealizeError('backend', `backend ${args.backend} cannot be printed as a script`);
    print('stdout', script);
    return exitCodes.done;
  });
}

const readChannels = async ({
  file,
  from,
  transport,
  hvmDefaults,
  maxInputSize,
}: ChannelOptions): Promise<ChannelDocument> =>
  readChannelDocument(await readDocument(file, maxInputSize), {
    from,
    transport,
    hvmDefaults,
    limit: maxInputSize,
  });

function reportPersisted(args: AttachOptions, document: ChannelDocument): number {
  if (args.json) {
    const diagnostics = diagnosticsForJson(document.diagnostics, document.source);
    printJson({ channels: [], removed: [], diagnostics });
    return exitCodes.done;
  }
  tell(args.file, document, document.diagnostics);
  const name = quoted(args.domain);
  print('stderr', `virt2xen: domain ${name} does not run; the daemon attaches its channels when it starts\n`);
  return exitCodes.done;
}

const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === 'error');

function refuse(args: ChannelOptions, document: ChannelDocument, diagnostics: readonly Diagnostic[]): number {
  if (args.json) printJson({ diagnostics: diagnosticsForJson(diagnostics, document.source) });
  else tell(args.file, document, diagnostics);
  return exitCodes.document;
}

function tell(file: string, { source }: ChannelDocument, diagnostics: readonly Diagnostic[]): void {
  const name = file === dash ? '<stdin>' : file;
  print('stderr', renderDiagnostics(diagnostics, { file: name, source, paint, describeRemedy: realizeFlag }));
}

function describeChannel(channel: AttachedChannel): string {
  const where = 'path' in channel ? `  ${channel.path}` : '';
  const change = channel.change.padEnd(9);
  const number = 'nr' in channel ? `port ${channel.nr}` : channel.devid;
  return `${change}  ${number}  ${quoted(channel.name)}${where}`;
}
