# SPDX-License-Identifier: Apache-2.0
"""What is asked of a page in a browser.

What it is not: the browser. The contrast is that of WCAG 2.1.
"""

from __future__ import annotations

# WCAG 2.1, 1.4.3 asks for 4.5 between text and what is behind it (3 for large text).
LEAST_CONTRAST = 4.5

# For each element that holds text of its own: the contrast of its colour to the nearest painted
# background behind it, by the formula of WCAG 2.1.
CONTRASTS = """() => {
  const channels = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().height > 1)
    .map(e => {
      const [a, b] = [channels(getComputedStyle(e).color), behind(e)].map(light);
      return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.textContent.trim().slice(0, 40)];
    });
}"""
