/** Prints a page of its own, from where the browser also saves PDF. */

/** Resolves when the print dialog has been closed. */
export function printPage(html: string): Promise<void> {
  return new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.className = 'print-frame';
    frame.title = 'Page to print';
    frame.srcdoc = html;
    frame.addEventListener('load', () => {
      const page = frame.contentWindow;
      const done = (): void => {
        frame.remove();
        resolve();
      };
      if (!page) {
        done();
        return;
      }
      page.addEventListener('afterprint', done, { once: true });
      page.focus();
      page.print();
    });
    document.body.append(frame);
  });
}
