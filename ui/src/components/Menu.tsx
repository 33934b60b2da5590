import { Check, type LucideIcon } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "../lib/cx";
import { Keys } from "./Keys";

export interface MenuItem {
  label: string;
  run: () => void;
  icon?: LucideIcon | (() => ReactNode);
  keys?: string;
  danger?: boolean;
  checked?: boolean;
}

interface Props {
  trigger: ReactNode;
  items: readonly MenuItem[];
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  align?: "start" | "end";
}

const ITEM =
  "flex h-[30px] items-center gap-2 rounded-sm px-2 outline-none data-highlighted:bg-pressed data-highlighted:outline-none";

function Body({ item }: { item: MenuItem }) {
  const Icon = item.icon;
  return (
    <>
      {Icon ? <Icon size={16} strokeWidth={1.75} className={item.danger ? "" : "text-ink-3"} /> : null}
      <span className="cut flex-1">{item.label}</span>
      {item.keys ? <Keys of={item.keys} /> : null}
      {item.checked ? <Check size={14} aria-hidden="true" /> : null}
    </>
  );
}

export function Menu({ trigger, items, open, onOpenChange, align = "start" }: Props) {
  return (
    <Radix.Root modal={false} open={open} onOpenChange={onOpenChange}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-(--z-popover) max-h-[320px] min-w-[180px] max-w-[320px] data-[state=open]:animate-appear overflow-y-auto rounded-md bg-raised p-1 shadow-pop"
        >
          {items.map((item) =>
            item.checked === undefined ? (
              <Radix.Item
                key={item.label}
                onSelect={item.run}
                className={cx(ITEM, item.danger ? "text-danger" : "text-ink")}
              >
                <Body item={item} />
              </Radix.Item>
            ) : (
              <Radix.CheckboxItem key={item.label} checked={item.checked} onSelect={item.run} className={ITEM}>
                <Body item={item} />
              </Radix.CheckboxItem>
            ),
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
