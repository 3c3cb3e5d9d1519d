// Runs in a browser, by page.evaluate: the texts of a page that stand out too little from what is behind them (WCAG 2.2, 1.4.3: contrast of
// 4.5, of large ones 3), how many there are, and how bright the page's background is (0 black to 1 white).
(() => {
  const channels = (colour) => (/rgba?\(([^)]*)\)/.exec(colour)?.[1] ?? '0,0,0,0').split(/[ ,/]+/).map(Number);
  const brightness = (colour) => {
    const [red, green, blue] = channels(colour).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if ((channels(backgroundColor)[3] ?? 1) === 1) return backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  };
  const faint = [];
  let texts = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!element || !node.textContent.trim() || !element.checkVisibility()) continue;
    texts += 1;
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const [light, dark] = [brightness(color), brightness(behind(element))].sort((a, b) => b - a);
    const large = Number.parseFloat(fontSize) >= (Number(fontWeight) >= 700 ? 18.66 : 24);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < (large ? 3 : 4.5)) faint.push(`${node.textContent.trim().slice(0, 30)}: ${contrast.toFixed(2)}`);
  }
  return { faint, texts, background: brightness(behind(document.body)) };
})();
