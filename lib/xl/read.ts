import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import type { Domain } from '../model/domain.js';
import { parseUuid } from '../model/uuid.js';
import { newestXen, type FormatOptions } from '../document/options.js';
import { readChannels } from './channel.js';
import { readClock } from './clock.js';
import { readUsbControllers } from './controller.js';
import { readCpu } from './cpu.js';
import { readDisks } from './disk.js';
import { readFeatures } from './features.js';
import { readGraphics } from './graphics.js';
import { readHostdevs } from './hostdev.js';
import { readInputs } from './input.js';
import { readInterfaces } from './interface.js';
import { readKept } from './kept.js';
import { readLifecycle } from './lifecycle.js';
import { readMemory } from './memory.js';
import { readNuma } from './numa.js';
import { xlOptions } from './options/table.js';
import { readableBy } from './versions.js';
import { readOs } from './os.js';
import { readParallels } from './parallel.js';
import { readRedirections } from './redirection.js';
import { readSerials } from './serial.js';
import { readSounds } from './sound.js';
import { readVcpus } from './vcpus.js';
import { readVideo } from './video.js';
import { readXenbus } from './xenbus.js';
import { parseXlSyntax } from '../xl-syntax/parser.js';
import { XlReader } from './reader.js';
import { resolveSettings } from '../xl-syntax/settings.js';

/**
 * Reads an xl.cfg. What is in it and not in the model is kept for the way back, and reported.
 * @returns the domain; nothing if the syntax is broken. `report` may hold errors beside a domain.
 */
export function readXlConfig(
  source: string,
  report: Report,
  options: FormatOptions = {},
): Domain | undefined {
  const document = parseXlSyntax(source, report);
  if (report.hasErrors) return undefined;
  const settings = readableBy(options.xen ?? newestXen, resolveSettings(document, report), report);
  const xl = new XlReader(settings, report, (key) => xlOptions.get(key)?.strict === true);
  const os = readOs(xl, report);
  const numa = readNuma(xl, report);
  const [name, uuid, emulator] = [
    xl.string('name'),
    readUuid(xl, report),
    xl.string('device_model_override'),
  ];
  if (!name)
    report.add('value-missing', "the domain has no name: 'name' must be given", { start: 0, end: 0 });
  else if (name.value === '') report.add('value-missing', "the domain's name is empty", name.span);
  const graphics = readGraphics(xl, os, report);
  const domain: Domain = {
    hypervisor: 'xen',
    name: name?.value ?? '',
    ...(uuid !== undefined && { uuid }),
    memory: readMemory(xl, numa, report),
    vcpus: readVcpus(xl, numa, report),
    os,
    features: readFeatures(xl, os, report),
    ...cpuOf(readCpu(xl, os, report)),
    ...(numa.length > 0 && { numa }),
    clock: readClock(xl, os, report),
    lifecycle: readLifecycle(xl, report),
    ...(emulator && emulator.value !== '' && { emulator: emulator.value }),
    disks: readDisks(xl, os, report),
    interfaces: readInterfaces(xl, os, report),
    serials: readSerials(xl, os),
    parallels: readParallels(xl, os, report),
    channels: readChannels(xl, report),
    inputs: readInputs(xl, os),
    graphics,
    ...videoOf(readVideo(xl, os, report)),
    ...xenbusOf(readXenbus(xl, report)),
    sounds: readSounds(xl, os, report),
    hostdevs: readHostdevs(xl, report),
    usbControllers: readUsbControllers(xl, report),
    redirections: readRedirections(xl, os, graphics),
    deviceModelArguments: readArguments(xl, report),
    // Last: it is what nobody else has asked for.
    kept: readKept(xl, os, document, report),
  };
  return withOrigin(domain, name?.span ?? { start: 0, end: 0 }, {
    name: name?.span,
    emulator: emulator?.span,
  });
}

const cpuOf = (cpu: Domain['cpu']): Pick<Domain, 'cpu'> => (cpu ? { cpu } : {});
const xenbusOf = (xenbus: Domain['xenbus']): Pick<Domain, 'xenbus'> => (xenbus ? { xenbus } : {});
const videoOf = (video: Domain['video']): Pick<Domain, 'video'> => (video ? { video } : {});

/** Words for the device model's command line, whichever the guest's kind is; xl takes nothing but a list. */
function readArguments(xl: XlReader, report: Report): readonly string[] {
  const key = 'device_model_args';
  if (!xl.has(key) || xl.isList(key)) return (xl.list(key) ?? []).map(({ text }) => text);
  const span = xl.atom(key)?.span;
  report.add('value-invalid', `xl refuses '${key}' that is no list`, span, `write ${key} = [ ... ]`);
  return [];
}

function readUuid(xl: XlReader, report: Report): string | undefined {
  const found = xl.string('uuid');
  if (!found) return undefined;
  const uuid = parseUuid(found.value);
  if (uuid === undefined) report.add('value-invalid', `'${found.value}' is not a UUID`, found.span);
  else if (uuid !== found.value.toLowerCase()) {
    report.add(
      'xl-nonstandard-syntax',
      'xl wants the hyphens of a UUID in their places',
      found.span,
      `write ${uuid}`,
    );
  }
  return uuid;
}
