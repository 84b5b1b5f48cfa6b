import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import type { Domain } from '../model/domain.js';
import type { FormatOptions } from '../options.js';
import { writeChannels } from './channel.js';
import { writeClock } from './clock.js';
import { writeCpu } from './cpu.js';
import { writeDisks } from './disk.js';
import { writeFeatures } from './features.js';
import { writeGraphics } from './graphics.js';
import { writeInputs } from './input.js';
import { writeInterfaces } from './interface.js';
import { writeKept } from './kept.js';
import { writeLifecycle } from './lifecycle.js';
import { writeMemory } from './memory.js';
import { writeNuma } from './numa.js';
import { writeOs } from './os.js';
import { XlOutput } from './output.js';
import { writeSerials } from './serial.js';
import { writeVcpus } from './vcpus.js';
import { writeVideo } from './video.js';
import { writeXenbus } from './xenbus.js';

/** Writes a domain as an xl.cfg, in libvirt's order of keys. What cannot be written is reported. */
export function writeXlConfig(domain: Domain, report: Report, options: FormatOptions = {}): string {
  const out = new XlOutput(report);
  const { os, numa = [] } = domain;
  out.set('name', domain.name, originOf(domain, 'name'));
  out.set('uuid', domain.uuid);
  writeMemory(domain.memory, numa, out);
  writeVcpus(domain.vcpus, out, report);
  writeFeatures(domain.features, os, out);
  if (domain.cpu) writeCpu(domain.cpu, os, out);
  writeNuma(numa, out);
  writeClock(domain.clock, os, out);
  writeLifecycle(domain.lifecycle, out);
  out.set('device_model_override', domain.emulator, originOf(domain, 'emulator'));
  writeGraphics(domain.graphics, os, out, report);
  if (domain.xenbus) writeXenbus(domain.xenbus, out);
  writeVideo(os.type === 'hvm' ? domain.video : undefined, out);
  writeInterfaces(domain.interfaces, os, out, report, options);
  writeSerials(domain.serials, os, out, report);
  writeOs(os, out);
  writeDisks(domain.disks, out, report);
  writeInputs(domain.inputs, os, out, report);
  writeChannels(domain.channels, out, report, options);
  writeKept(domain.kept, out, report, options);
  return out.print();
}
