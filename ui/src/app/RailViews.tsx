import { Link, useLocation } from "react-router";
import { useSavedViews } from "../features/customers/savedViews";
import { viewOf, write } from "../features/customers/view";
import { cx } from "../lib/cx";
import { t } from "../lib/i18n";

/** More of them are tabs over the customers. */
const SHOWN_MAX = 8;

/** The saved views of customers, each a press away from anywhere; a narrow rail leaves them to the tabs. */
export function RailViews() {
  const saved = useSavedViews();
  const { pathname, search } = useLocation();
  const current = pathname === "/customers" ? new URLSearchParams(search).get("view") : null;
  if (saved.length === 0) return null;
  return (
    <section aria-label={t("rail.views")} className="grid grid-cols-[minmax(0,1fr)] gap-px pt-4 max-mid:hidden">
      <h2 className="px-2 pb-1 text-ink-3 text-small">{t("rail.views")}</h2>
      {saved.slice(0, SHOWN_MAX).map((one) => (
        <Link
          key={one._id}
          to={`/customers?${write(viewOf(one._id, one.definition))}`}
          title={one.name}
          aria-current={current === one._id ? "page" : undefined}
          className={cx(
            "flex h-7 items-center rounded-sm pr-2 pl-8",
            current === one._id ? "font-medium text-ink" : "text-ink-2 hover:bg-hover hover:text-ink",
          )}
        >
          <span className="cut">{one.name}</span>
        </Link>
      ))}
    </section>
  );
}
