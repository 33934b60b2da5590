/** The 7px ring of what is not sent yet. */
export function WaitingDot({ label }: { label?: string }) {
  const ring = "inline-block size-[7px] shrink-0 rounded-full border-[1.75px] border-sync-waiting";
  return label ? (
    <span role="img" aria-label={label} title={label} className={ring} />
  ) : (
    <span aria-hidden="true" className={ring} />
  );
}
