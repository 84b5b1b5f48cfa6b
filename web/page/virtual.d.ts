/** The bundled worker, as .ci/build-page.js puts it into the page. */
declare module 'virtual:worker' {
  const source: string;
  export default source;
}
