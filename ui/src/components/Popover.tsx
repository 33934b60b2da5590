import { Popover as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "../lib/cx";

interface Props {
  trigger: ReactNode;
  /** What the popover is about, for screen readers. */
  label: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  children: ReactNode;
  align?: "start" | "end";
  side?: "top" | "bottom";
  width?: string;
}

/** One question or one explanation next to what it is about. */
export function Popover({
  trigger,
  label,
  open,
  onOpenChange,
  children,
  align = "start",
  side = "bottom",
  width = "w-[330px]",
}: Props) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className={cx(
            "z-(--z-popover) data-[state=open]:animate-appear rounded-md bg-raised p-4 pt-3 shadow-pop",
            width,
          )}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
