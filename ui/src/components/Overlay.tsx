// Dialog and drawer: focus is kept inside and goes back to where it came from.
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";
import { cx } from "../lib/cx";
import { t } from "../lib/i18n";
import { IconButton } from "./Button";
import { useFocusReturn } from "./useFocusReturn";

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  /** Read out after the title; drawn below it. */
  about?: ReactNode;
  children: ReactNode;
  /** There is nothing to press in it but text to read: then the text itself takes the focus, so that keys scroll it. */
  reading?: boolean;
  /** For what has columns. */
  wide?: boolean;
  /** The row at the lower edge: primary at the right end. */
  foot?: ReactNode;
}

// A scrim of our own: Radix' overlay writes a style element, which the content security policy forbids.
function Scrim() {
  return <div className="fixed inset-0 z-(--z-dialog) bg-scrim" aria-hidden="true" />;
}

export function Dialog({ open, onClose, title, about, reading = false, wide = false, children, foot }: Props) {
  const { remember, giveBack } = useFocusReturn();
  return (
    <Radix.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Radix.Portal>
        <Scrim />
        <Radix.Content
          onOpenAutoFocus={remember}
          onCloseAutoFocus={giveBack}
          {...(about ? {} : { "aria-describedby": undefined })}
          className={cx(
            "fixed left-1/2 z-(--z-dialog) flex max-w-[calc(100vw-32px)] -translate-x-1/2 data-[state=open]:animate-appear flex-col rounded-lg bg-raised shadow-dialog focus-visible:outline-none",
            wide ? "top-[8vh] max-h-[84vh] w-[860px]" : "top-[16vh] max-h-[74vh] w-[440px]",
          )}
        >
          <div className="relative px-5 pt-4 pb-3">
            {wide ? (
              <Radix.Close asChild>
                <IconButton icon={X} label={t("close")} className="absolute top-3 right-3" />
              </Radix.Close>
            ) : null}
            <Radix.Title className="wrap-anywhere pr-8 font-semibold text-h3">{title}</Radix.Title>
            {about ? <Radix.Description className="mt-1 text-ink-2">{about}</Radix.Description> : null}
          </div>
          <div
            tabIndex={reading ? 0 : undefined}
            className="wrap-anywhere mx-2 min-h-0 flex-1 overflow-y-auto rounded-sm px-3 pt-2 pb-4 focus-visible:outline-offset-[-2px]"
          >
            {children}
          </div>
          {foot ? (
            <div className="flex items-center justify-end gap-2 border-line border-t px-5 py-3">{foot}</div>
          ) : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** A form at the right edge, 460 wide; the screen behind stays readable. */
export function Drawer({ open, onClose, title, children, foot }: Omit<Props, "about" | "reading" | "wide">) {
  const content = useRef<HTMLDivElement>(null);
  const { remember, giveBack } = useFocusReturn();
  return (
    <Radix.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Radix.Portal>
        <div className="fixed inset-0 z-(--z-drawer)" aria-hidden="true" />
        <Radix.Content
          ref={content}
          aria-describedby={undefined}
          onCloseAutoFocus={giveBack}
          onOpenAutoFocus={(event) => {
            remember();
            const first = content.current?.querySelector<HTMLElement>("input, select, textarea");
            if (!first) return;
            event.preventDefault();
            first.focus();
          }}
          className={cx(
            "fixed top-0 right-0 bottom-0 z-(--z-drawer) flex w-[460px] max-w-full flex-col bg-surface shadow-dialog",
            "data-[state=open]:animate-slide border-line border-l",
          )}
        >
          <div className="flex h-topbar shrink-0 items-center border-line border-b pr-3 pl-5">
            <Radix.Title className="flex-1 font-semibold text-lead">{title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton icon={X} label={t("close")} />
            </Radix.Close>
          </div>
          {children}
          {foot}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
