/** The traditional device model, as xend installed it. */
const traditional = /^(?:qemu|stubdom)-dm(?:\.debug)?$/;
/** QEMU for KVM alone, by the names that distributions give it. */
const kvms = /^(?:qemu-)?kvm(?:-spice)?$/;

/**
 * Why a program cannot be the device model of a Xen guest, by its name, wherever it is installed; undefined if it can.
 * A QEMU with the name of an architecture, such as qemu-system-x86_64, can be built with Xen's accelerator.
 * @param versionGiven whether the guest has a setting `device_model_version`, which can ask for the traditional one
 */
export function emulatorProblem(path: string, versionGiven: boolean): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (traditional.test(name) && !versionGiven) return `${name} is xend's device model, and libxl starts QEMU`;
  return kvms.test(name) ? `${name} is KVM's device model` : undefined;
}
