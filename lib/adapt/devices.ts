import { nicModelMessage, xenNicModel } from '../to-xen/interface.js';
import { nearestSounds } from '../libvirt/sound.js';
import { adapterNames, readVideo } from '../libvirt/video.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import type { Draft, GuestKind } from './draft.js';

const child = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((other) => other.name === name);

/** Kinds of interface that the driver can make (libxl_conf.c: libxlMakeNic). */
const interfaceTypes = ['bridge', 'ethernet', 'network', 'hostdev'];

/** Gives network cards models that Xen has. One that cannot be had is an error: the guest would be cut off. */
export function adaptInterfaces(draft: Draft, guest: GuestKind): void {
  for (const nic of draft.all('interface')) {
    const type = nic.peek('type') ?? '';
    if (!interfaceTypes.includes(type)) {
      const hint = 'give it a bridge';
      draft.report.add(
        'device-unsupported',
        `Xen has no interfaces of type '${type}'`,
        nic.attributeSpan('type'),
        hint,
      );
    }
    const vlan = child(nic, 'vlan');
    if (vlan && child(nic, 'virtualport')?.peek('type') !== 'openvswitch') {
      draft.report.add(
        'device-unsupported',
        "Xen's driver supports VLANs on Open vSwitch only",
        vlan.tagSpan,
      );
    }
    const model = child(nic, 'model');
    const given = model?.peek('type');
    if (!model || given === undefined) continue;
    const converted = guest === 'hvm' ? xenNicModel(given) : 'netfront';
    draft.change(model, 'type', converted, nicModelMessage(given, converted));
  }
}

/** The sizes are for KVM's adapters; the driver has its own. */
const sizes = ['ram', 'vram', 'vram64', 'vgamem'] as const;

/** Gives adapters models that Xen has. */
export function adaptVideos(draft: Draft, guest: GuestKind, kvm: boolean): void {
  const spice = draft.all('graphics').some((graphics) => graphics.peek('type') === 'spice');
  for (const video of draft.all('video')) {
    const model = child(video, 'model');
    if (model?.peek('type') === undefined) continue;
    if (model.peek('type') === 'none') {
      draft.remove(video, { code: 'implied', reason: 'a guest without a screen has no adapter' });
      continue;
    }
    if (guest === 'hvm') {
      const { model: chosen } = readVideo(video, { kvm, spice }, draft.report);
      if (model.peek('type') !== 'xen') draft.editor.setAttribute(model, 'type', adapterNames[chosen]);
    } else draft.change(model, 'type', 'xen');
    if (!kvm) continue;
    for (const name of sizes) {
      draft.removeAttribute(model, name, { code: 'implied', reason: "the size is of KVM's video adapters" });
    }
  }
}

/** Gives sound cards the models that are nearest. */
export function adaptSounds(draft: Draft): void {
  for (const sound of draft.all('sound')) {
    const given = sound.peek('model') ?? '';
    const nearest = Object.hasOwn(nearestSounds, given) ? nearestSounds[given] : undefined;
    if (nearest) draft.change(sound, 'model', nearest);
  }
}

/** Every Xen guest has Xen's balloon; the driver takes no other, and no lack of one. */
export function adaptBalloons(draft: Draft): void {
  for (const balloon of draft.all('memballoon')) {
    if (balloon.peek('model') === 'xen') continue;
    draft.change(balloon, 'model', 'xen', "memory balloon converted to Xen's");
    const address = child(balloon, 'address');
    if (address) draft.editor.remove(address);
  }
}

/**
 * CloudStack writes `port=''`, which libvirt does not take for a number. oVirt names a network to listen on: KVM's
 * driver looks up its address, Xen's does not (libxl_conf.c: libxlMakeVfb; seen with 11.3).
 */
export function adaptGraphics(draft: Draft): void {
  for (const graphics of draft.all('graphics')) {
    if (graphics.peek('port') === '') draft.editor.removeAttribute(graphics, 'port');
    const [listen] = graphics.children.filter(({ name }) => name === 'listen');
    if (listen?.peek('type') !== 'network') continue;
    const network = listen.peek('network') ?? '';
    const message = `<listen> on network '${network}' has no effect: libvirt's Xen driver listens on 127.0.0.1 instead`;
    draft.report.add(
      'no-effect',
      message,
      listen.tagSpan,
      "write <listen type='address' address='ADDRESS'/>",
    );
  }
}

/** The way back, of all these. */
export function restoreDevices(draft: Draft): void {
  for (const nic of draft.all('interface')) {
    const [model, script] = [child(nic, 'model'), child(nic, 'script')];
    if (model?.peek('type') === 'netfront') {
      draft.change(model, 'type', 'virtio', "NIC model 'netfront' converted to 'virtio'");
    }
    for (const address of nic.children.filter(({ name }) => name === 'ip')) {
      draft.remove(address, {
        code: 'unsupported',
        reason: "KVM's driver does not pass addresses to a guest",
      });
    }
    if (script && /(?:^|\/)vif-[a-z]+$/.test(script.peek('path') ?? '')) {
      draft.remove(script, { code: 'implied', reason: "the script is for Xen's hotplug" });
    }
  }
  for (const video of draft.all('video')) {
    const model = child(video, 'model');
    if (model?.peek('type') === 'xen') draft.change(model, 'type', 'vga');
  }
  for (const balloon of draft.all('memballoon')) {
    if (balloon.peek('model') === 'xen')
      draft.change(balloon, 'model', 'virtio', 'memory balloon converted to virtio');
  }
  for (const input of draft.all('input')) {
    if (input.peek('bus') === 'xen') draft.change(input, 'bus', 'ps2');
  }
  for (const console of draft.all('console')) {
    const target = child(console, 'target');
    // In the guest it stays hvc0.
    if (target?.peek('type') === 'xen') draft.change(target, 'type', 'virtio');
  }
  for (const controller of draft.all('controller')) {
    const isXens = controller.peek('type') === 'xenbus' || controller.peek('model')?.startsWith('qusb');
    if (isXens) draft.remove(controller, { code: 'implied', reason: 'KVM has no such controller' });
  }
  for (const hostdev of draft.all('hostdev')) {
    const driver = child(hostdev, 'driver');
    if (driver?.peek('name') === 'xen') {
      draft.remove(driver, { code: 'implied', reason: 'KVM assigns devices with its own driver' });
    }
  }
}
