import { checkHostdevType } from '../libvirt/hostdev.js';
import { addressOf } from '../libvirt/graphics.js';
import { everyAddress } from '../model/graphics.js';
import { widerAccessOfDriver } from '../libvirt/graphics-access.js';
import type { HostOptions } from '../document/options.js';
import {
  bridgeOfUnbridged,
  bridgesOfUnbridged,
  nicModelMessage,
  xenNicModel,
  isXenScript,
  kvmScriptReason,
  unbridgedType,
  type Unbridged,
  type UnbridgedBridges,
} from '../to-xen/interface.js';
import { checkVlan } from '../libvirt/interface.js';
import { isVirtioTablet, usbTablet } from '../libvirt/input.js';
import { nearestSound } from '../model/sound.js';
import { adapterNames, readVideo } from '../libvirt/video.js';
import { unsupportedReason } from '../libvirt/unsupported.js';
import { escapeAttribute } from '../libvirt/xml/characters.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import type { XmlRewriter, GuestKind } from './xml-rewriter.js';

/** Interface types that the driver supports (libxl_conf.c: libxlMakeNic). */
const interfaceTypes = ['bridge', 'ethernet', 'network', 'hostdev'];

/**
 * Converts network cards to models that Xen supports. An unsupported interface type is an error: the guest would
 * have no network.
 * @returns their models then
 */
export function adaptInterfaces(
  rewriter: XmlRewriter,
  guest: GuestKind,
  kvm: boolean,
  host: HostOptions,
): readonly string[] {
  const cards: string[] = [];
  const nics = rewriter.all('interface');
  const networks = nics.map((nic) =>
    nic.peek('type') === 'network' ? nic.peekChild('source')?.peek('network') : undefined,
  );
  const bridges = bridgesOfUnbridged(host, networks);
  for (const nic of nics) {
    const type = nic.peek('type') ?? '';
    const hasScript = kvm && keepXenScript(nic, rewriter);
    const unbridged = unbridgedType(type, hasScript, kvm);
    if (unbridged) adaptUnbridged(nic, unbridged, rewriter, bridges);
    else if (!interfaceTypes.includes(type)) {
      const hint = 'give it a bridge';
      rewriter.report.add(
        'device-unsupported',
        `Xen has no interfaces of type '${type}'`,
        nic.attributeSpan('type'),
        hint,
      );
    }
    checkVlan(nic, rewriter.report);
    const model = nic.peekChild('model');
    const given = model?.peek('type');
    if (!model || given === undefined || type === 'hostdev') continue;
    const converted = guest === 'hvm' ? xenNicModel(given) : 'netfront';
    cards.push(converted);
    rewriter.change(model, 'type', converted, nicModelMessage(given, converted));
  }
  return cards;
}

/**
 * Removes the scripts that are for KVM. An empty path is none to libvirt, and is not reported.
 * @returns whether one of Xen is left
 */
function keepXenScript(nic: XmlElement, rewriter: XmlRewriter): boolean {
  let hasOne = false;
  for (const script of nic.children.filter(({ name }) => name === 'script' || name === 'downscript')) {
    const path = script.peek('path') ?? '';
    if (script.name === 'script' && isXenScript(path)) hasOne = true;
    else if (path === '') rewriter.editor.remove(script);
    else rewriter.remove(script, { code: 'unsupported', reason: kvmScriptReason }, `script '${path}'`);
  }
  return hasOne;
}

/** A host device that Xen cannot assign is an error, as for `convert`: the driver ignores it without a message. */
export function checkHostdevs(rewriter: XmlRewriter): void {
  for (const hostdev of rewriter.all('hostdev')) checkHostdevType(hostdev, rewriter.report);
}

/** Elements for KVM's own network stack only (domain_validate.c: virDomainNetDefValidate). */
const ofUser = ['backend', 'portForward', 'ip'] as const;

/** Puts an interface of QEMU's own network stack, or a device alone, on the bridge that is named for them. */
function adaptUnbridged(
  nic: XmlElement,
  type: Unbridged,
  rewriter: XmlRewriter,
  bridges: UnbridgedBridges,
): void {
  const bridge = bridgeOfUnbridged(type, bridges, rewriter.report, nic.attributeSpan('type'));
  if (bridge === undefined) return;
  const { editor } = rewriter;
  editor.setAttribute(nic, 'type', 'bridge');
  const target = nic.peekChild('target');
  if (target?.peek('managed') !== undefined) editor.removeAttribute(target, 'managed');
  const source = nic.peekChild('source');
  if (source) {
    for (const name of source.attributeNames) if (name !== 'bridge') editor.removeAttribute(source, name);
    editor.setAttribute(source, 'bridge', bridge);
  } else editor.append(nic, `<source bridge='${escapeAttribute(bridge)}'/>`);
  for (const element of type === 'user' ? nic.children : []) {
    if (!ofUser.some((name) => name === element.name)) continue;
    const rule = unsupportedReason(`devices/interface/${element.name}`);
    if (rule) rewriter.remove(element, rule);
  }
}

/** These sizes are for KVM's video adapters; the driver has its own. */
const sizes = ['ram', 'vram', 'vram64', 'vgamem'] as const;

/** Converts video adapters to models that Xen supports. */
export function adaptVideos(rewriter: XmlRewriter, guest: GuestKind, kvm: boolean): void {
  const spice = rewriter.all('graphics').some((graphics) => graphics.peek('type') === 'spice');
  for (const video of rewriter.all('video')) {
    const model = video.peekChild('model');
    if (model?.peek('type') === undefined) continue;
    if (model.peek('type') === 'none') {
      rewriter.remove(video, { code: 'implied', reason: 'a guest without a screen has no adapter' });
      continue;
    }
    if (guest === 'hvm') {
      const { model: chosen } = readVideo(video, { kvm, spice }, rewriter.report);
      if (model.peek('type') !== 'xen') rewriter.editor.setAttribute(model, 'type', adapterNames[chosen]);
    } else rewriter.change(model, 'type', 'xen');
    if (!kvm) continue;
    for (const name of sizes) {
      rewriter.removeAttribute(model, name, {
        code: 'implied',
        reason: "the size is of KVM's video adapters",
      });
    }
  }
}

/** Converts sound cards to the nearest supported models. */
export function adaptSounds(rewriter: XmlRewriter): void {
  for (const sound of rewriter.all('sound')) {
    const given = sound.peek('model') ?? '';
    const nearest = nearestSound(given);
    if (nearest) rewriter.change(sound, 'model', nearest);
  }
}

/** Puts a virtio tablet on the bus where Xen's device model has one. */
export function adaptInputs(rewriter: XmlRewriter, guest: GuestKind): void {
  const { editor } = rewriter;
  for (const input of guest === 'hvm' ? rewriter.all('input').filter(isVirtioTablet) : []) {
    rewriter.change(input, 'bus', 'usb', usbTablet);
    if (input.peek('model') !== undefined) editor.removeAttribute(input, 'model');
    for (const part of input.children) if (['address', 'driver'].includes(part.name)) editor.remove(part);
  }
}

/** Every Xen guest has Xen's balloon; the driver rejects any other model, including `none`. */
export function adaptBalloons(rewriter: XmlRewriter): void {
  for (const balloon of rewriter.all('memballoon')) {
    if (balloon.peek('model') === 'xen') continue;
    rewriter.change(balloon, 'model', 'xen', "memory balloon converted to Xen's");
    const address = balloon.peekChild('address');
    if (address) rewriter.editor.remove(address);
  }
}

/**
 * CloudStack writes `port=''`, which libvirt rejects. oVirt specifies a network to listen on: KVM's driver looks up
 * its address, and adds it to the XML of a running domain; Xen's does not (libxl_conf.c: libxlMakeVfb; seen with 11.3).
 */
export function adaptGraphics(rewriter: XmlRewriter, kvm: boolean): void {
  for (const graphics of rewriter.all('graphics')) {
    const wider = kvm ? widerAccessOfDriver(graphics) : undefined;
    if (wider !== undefined) {
      rewriter.remove(graphics, { code: 'unsupported', reason: wider });
      continue;
    }
    if (graphics.peek('port') === '') rewriter.editor.removeAttribute(graphics, 'port');
    const [listen] = graphics.children.filter(({ name }) => name === 'listen');
    if (graphics.peek('type') === 'vnc' && addressOf(graphics) === '::') adaptAnyAddress(graphics, rewriter);
    if (listen?.peek('type') !== 'network') continue;
    const network = listen.peek('network') ?? '';
    const given = listen.peek('address') ?? graphics.peek('listen');
    const address = given === '::' ? everyAddress : given;
    if (kvm && address) {
      rewriter.change(listen, 'type', 'address', `<listen> on network '${network}' converted to ${address}`);
      if (listen.peek('address') === undefined) rewriter.editor.setAttribute(listen, 'address', address);
      rewriter.editor.removeAttribute(listen, 'network');
      continue;
    }
    const message = `<listen> on network '${network}' has no effect: libvirt's Xen driver listens on 127.0.0.1 instead`;
    rewriter.report.add(
      'no-effect',
      message,
      listen.tagSpan,
      "write <listen type='address' address='ADDRESS'/>",
    );
  }
}

/** Listening at `::` includes 0.0.0.0, and libvirt's Xen driver writes an IPv6 address in a form that libxl rejects. */
function adaptAnyAddress(graphics: XmlElement, { editor, report }: XmlRewriter): void {
  const listens = graphics.children.filter(({ name }) => name === 'listen');
  if (graphics.peek('listen') === '::') editor.setAttribute(graphics, 'listen', everyAddress);
  for (const listen of listens.filter((one) => one.peek('address') === '::')) {
    editor.setAttribute(listen, 'address', everyAddress);
  }
  const message = `VNC at '::' converted to ${everyAddress}, without IPv6: libxl rejects what libvirt's Xen driver writes for it`;
  report.add('unsupported', message, graphics.tagSpan);
}

/** Converts devices back to KVM's. */
export function restoreDevices(rewriter: XmlRewriter): void {
  for (const nic of rewriter.all('interface')) {
    const model = nic.peekChild('model');
    if (model?.peek('type') === 'netfront') {
      rewriter.change(model, 'type', 'virtio', "NIC model 'netfront' converted to 'virtio'");
    }
  }
  for (const video of rewriter.all('video')) {
    const model = video.peekChild('model');
    if (model?.peek('type') === 'xen') rewriter.change(model, 'type', 'vga');
  }
  for (const balloon of rewriter.all('memballoon')) {
    if (balloon.peek('model') === 'xen')
      rewriter.change(balloon, 'model', 'virtio', 'memory balloon converted to virtio');
  }
  for (const input of rewriter.all('input')) {
    if (input.peek('bus') === 'xen') rewriter.change(input, 'bus', 'ps2');
  }
  for (const console of rewriter.all('console')) {
    const target = console.peekChild('target');
    // In the guest it remains hvc0.
    if (target?.peek('type') === 'xen') rewriter.change(target, 'type', 'virtio');
  }
  for (const controller of rewriter.all('controller')) {
    const isXens = controller.peek('type') === 'xenbus' || controller.peek('model')?.startsWith('qusb');
    if (isXens) rewriter.remove(controller, { code: 'implied', reason: 'KVM has no such controller' });
  }
  for (const hostdev of rewriter.all('hostdev')) {
    const driver = hostdev.peekChild('driver');
    if (driver?.peek('name') === 'xen') {
      rewriter.remove(driver, { code: 'implied', reason: 'KVM assigns devices with its own driver' });
    }
  }
}
