"use strict";
// Runs before the first paint, so a chosen theme never flashes.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.bsTheme = theme;
} catch {
  // Storage is switched off: the system's theme stays.
}
