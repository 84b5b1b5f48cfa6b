/**
 * The features that both libvirt and xl support, found by comparing bits, not names: each one is the same bit of
 * CPUID in libvirt's cpu_map/x86_features.xml and in what xl 4.17 makes of its `cpuid`. `vmx` and `svm` are not
 * included: a guest gets those by `nestedhvm`, not by a bit.
 */
const sameName = `
  3dnow 3dnowext 3dnowprefetch abm acpi adx aes amd-ssbd amd-stibp apic arat avx avx-vnni avx2
  avx512-4fmaps avx512-4vnniw avx512-bf16 avx512-fp16 avx512-vp2intersect avx512-vpopcntdq avx512bw
  avx512cd avx512dq avx512er avx512f avx512pf avx512vl bmi1 bmi2 cldemote clflushopt clwb clzero cmov
  cmt dca de ds dtes64 erms est extapic f16c fma fma4 fpu fsgsbase fsrm fxsr gfni hle hypervisor ia64
  ibpb ibrs ibs invpcid invtsc lm lwp mca mce md-clear misalignsse mmx mmxext monitor movbe movdir64b
  movdiri mpx msr mtrr nx osvw osxsave ospke pae pat pbe pcid pdcm perfctr_core perfctr_nb pge pku
  popcnt pse pse36 rdpid rdrand rdseed rdtscp rtm serialize sgx skinit smap smep smx ss ssbd sse
  sse2 sse4.1 sse4.2 sse4a ssse3 stibp syscall tbm tm tm2 topoext tsc tsc-deadline tsc_adjust umip
  vaes virt-ssbd vme vpclmulqdq wbnoinvd wdt x2apic xgetbv1 xop xsave xsavec xsaveopt xsaves xtpr
`;

/** libvirt's name and xl's, where they differ. */
const otherName: readonly (readonly [libvirt: string, xl: string])[] = [
  ['amd-no-ssb', 'ssb-no'],
  ['arch-capabilities', 'arch-caps'],
  ['avx512bitalg', 'avx512-bitalg'],
  ['avx512ifma', 'avx512-ifma'],
  ['avx512vbmi', 'avx512-vbmi'],
  ['avx512vbmi2', 'avx512-vbmi2'],
  ['avx512vnni', 'avx512-vnni'],
  ['cid', 'cntxid'],
  ['clflush', 'clfsh'],
  ['cmp_legacy', 'cmplegacy'],
  ['core-capability', 'core-caps'],
  ['cr8legacy', 'altmovcr8'],
  ['cx16', 'cmpxchg16'],
  ['cx8', 'cmpxchg8'],
  ['decodeassists', 'svm_decode'],
  ['ds_cpl', 'dscpl'],
  ['fxsr_opt', 'ffxsr'],
  ['ht', 'htt'],
  ['intel-pt', 'proc-trace'],
  ['lahf_lm', 'lahfsahf'],
  ['lbrv', 'svm_lbrv'],
  ['nodeid_msr', 'nodeid'],
  ['npt', 'svm_npt'],
  ['nrip-save', 'svm_nrips'],
  ['pause-filter', 'svm_pausefilt'],
  ['pclmuldq', 'pclmulqdq'],
  ['pdpe1gb', 'page1gb'],
  ['pn', 'psn'],
  ['pni', 'sse3'],
  ['sep', 'sysenter'],
  ['sha-ni', 'sha'],
  ['spec-ctrl', 'ibrsb'],
  ['tsc-scale', 'svm_tscrate'],
  ['tsx-ldtrk', 'tsxldtrk'],
  ['vmcb-clean', 'svm_vmcbclean'],
  ['xsaveerptr', 'rstr-fp-err-ptrs'],
];

/** xl's other names for the same bits. */
const aliases: readonly (readonly [libvirt: string, alias: string])[] = [
  ['aes', 'aesni'],
  ['cmp_legacy', 'cmp-legacy'],
  ['cmt', 'pqm'],
  ['cr8legacy', 'cr8-legacy'],
  ['cx16', 'cx16'],
  ['cx8', 'cx8'],
  ['est', 'eist'],
  ['invtsc', 'itsc'],
  ['lahf_lm', 'lahf-lm'],
  ['nodeid_msr', 'nodeid-msr'],
  ['sep', 'sep'],
  ['sse4.1', 'sse4_1'],
  ['sse4.1', 'sse4-1'],
  ['sse4.2', 'sse4_2'],
  ['sse4.2', 'sse4-2'],
  ['tm', 'tm1'],
  ['tsc_adjust', 'tsc-adjust'],
];

interface Names {
  readonly xlName: ReadonlyMap<string, string>;
  readonly libvirtName: ReadonlyMap<string, string>;
}

/** Built at the first use: most domains list no feature. */
let names: Names | undefined;

function look(): Names {
  if (names) return names;
  const pairs = [
    ...sameName
      .trim()
      .split(/\s+/)
      .map((name) => [name, name] as const),
    ...otherName,
  ];
  names = {
    xlName: new Map(pairs),
    libvirtName: new Map([...pairs, ...aliases].map(([libvirt, xl]) => [xl, libvirt])),
  };
  return names;
}

/** xl's name of a libvirt feature; undefined if xl's `cpuid` has no such bit. */
export const xlFeatureName = (libvirt: string): string | undefined => look().xlName.get(libvirt);

/** libvirt's name of a flag of xl's `cpuid`; undefined if libvirt has no such bit. */
export const libvirtFeatureName = (xl: string): string | undefined => look().libvirtName.get(xl);
