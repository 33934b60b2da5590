// When the app could first be used: the first screen with what it is for has been painted. Measurements read the mark.
let said = false;

export function markUsable(): void {
  if (said) return;
  said = true;
  // The first frame draws it, in the second it can be seen.
  requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("usable")));
}
