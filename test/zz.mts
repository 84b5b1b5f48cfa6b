import { findXl } from './real/real-xl.js';
const xl = findXl();
for (const listen of ['::1','[::1]','unix:/run/v','[::1]:5'])
 for (const cfg of [`name="g"\ntype="hvm"\nmemory=64\nvnc=1\nvncunused=0\nvncdisplay=3\nvnclisten="${listen}"\n`, `name="g"\nkernel="/k"\nmemory=64\nvfb=["vncdisplay=3,vnclisten=${listen}"]\n`]) {
  const v = xl!.read(cfg);
  console.log(listen, v.ok ? 'ok' : v.message);
 }
