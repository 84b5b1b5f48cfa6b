import type { Code } from '../diagnostics/codes.js';
import type { FormatOptions } from './options.js';

/** Whether the output is to be that of libvirt's converter, where xl or libxl would have something else. */
export const isLibvirts = ({ profile }: Pick<FormatOptions, 'profile'>): boolean => profile === 'libvirt';

/**
 * The code of what libvirt's converter accepts, and xl, libxl or QEMU reject: an error, but a warning with the
 * profile `libvirt`.
 */
export const unlessLibvirts = (code: Code, options: Pick<FormatOptions, 'profile'>): Code =>
  isLibvirts(options) ? 'profile-libvirt' : code;
