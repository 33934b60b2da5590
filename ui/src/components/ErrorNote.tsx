import { CircleAlert } from "lucide-react";
import type { AppError } from "../lib/call";
import { describe, type Way, wayOn } from "../lib/errors";
import { Button } from "./Button";

export type WaysOn = Partial<Record<Way, () => void>>;

/** The sentence of an error and its way on, where the screen can take it. */
export function ErrorText({ error, ways = {} }: { error: AppError; ways?: WaysOn }) {
  const { way, label } = wayOn(error);
  const run = ways[way];
  return (
    <>
      <span>{describe(error)}</span>{" "}
      {run ? (
        <Button variant="link" onClick={run}>
          {label}
        </Button>
      ) : (
        <span className="text-ink-2">{label}</span>
      )}
    </>
  );
}

/** An error that belongs to no field. */
export function ErrorNote({ error, ways, className }: { error: AppError; ways?: WaysOn; className?: string }) {
  return (
    <div role="alert" className={`flex gap-2 rounded-sm bg-danger-soft px-3 py-2 text-ink ${className ?? ""}`}>
      <CircleAlert size={16} className="mt-0.5 shrink-0 text-danger" aria-hidden="true" />
      <div>
        <ErrorText error={error} ways={ways} />
      </div>
    </div>
  );
}
