import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { Dialog } from "../../components/Overlay";
import type { Device } from "../../gen/commands";
import { call, toAppError } from "../../lib/call";
import { cx } from "../../lib/cx";
import { ago, count } from "../../lib/format";
import { t } from "../../lib/i18n";
import { showToast } from "../../lib/ui";
import { useOverview, userName, useSync } from "../../record/queries";
import { tellError } from "../../record/tell";

const DAY_MS = 86_400_000;
const SKEW_TOLD_MS = 2 * 60_000;

/** Red after a week with waiting work, amber after a day without a word. */
function tone(device: Device, now: number): string {
  if (device.revokedAt !== null) return "text-ink-3";
  const oldest = device.about?.oldest ?? null;
  if (oldest !== null && now - oldest > 7 * DAY_MS) return "text-bad";
  return now - device.seenAt > DAY_MS ? "text-warn" : "text-ink-2";
}

function skewText(skewMs: number): string {
  if (Math.abs(skewMs) < SKEW_TOLD_MS) return t("devices.clockRight");
  const minutes = count(Math.round(Math.abs(skewMs) / 60_000));
  return t(skewMs > 0 ? "devices.clockSlow" : "devices.clockFast", { minutes });
}

function Row({ device, who, onSignOut }: { device: Device; who: string; onSignOut: () => void }) {
  const { about } = device;
  const now = Date.now();
  return (
    <tr className="border-line-faint border-b align-baseline">
      <td className="py-2 pr-3">
        <span className="cut block font-medium" title={device.name}>
          {device.name || device.code}
        </span>
        <span className="text-ink-3 text-small">
          {device.code}
          {device.thisOne ? ` · ${t("devices.thisOne")}` : null}
        </span>
      </td>
      <td className="cut py-2 pr-3">{who}</td>
      <td data-num className={cx("py-2 pr-3", tone(device, now))}>
        {ago(Math.max(device.seenAt, about?.at ?? 0))}
      </td>
      <td data-num className="py-2 pr-3">
        {about ? count(about.waiting) : "–"}
        {about?.oldest ? (
          <span className={cx("block text-small", tone(device, now))}>
            {t("devices.since", { when: ago(about.oldest) })}
          </span>
        ) : null}
      </td>
      <td data-num className="py-2 pr-3 text-ink-2">
        {about ? `${about.app} · ${about.schema}` : "–"}
      </td>
      <td className="py-2 pr-3 text-ink-2 text-small">{about ? skewText(about.skewMs) : "–"}</td>
      <td className="py-2 text-right">
        {device.revokedAt !== null ? (
          <span className="text-ink-3 text-small">{t("devices.out", { when: ago(device.revokedAt) })}</span>
        ) : device.thisOne ? null : (
          <Button variant="link" aria-label={t("devices.signOutNamed", { name: device.name })} onClick={onSignOut}>
            {t("devices.signOut")}
          </Button>
        )}
      </td>
    </tr>
  );
}

const COLUMNS = ["device", "who", "seen", "waiting", "version", "clock"] as const;

/** Where people are signed in: last contact, waiting work, versions and clocks. The server is asked; nothing of it is kept here. */
export function Devices() {
  const client = useQueryClient();
  const overview = useOverview().data;
  const sync = useSync().data;
  const [leaving, setLeaving] = useState<Device | null>(null);
  const alone = sync?.phase === "localOnly";
  const { data, error, refetch } = useQuery({
    queryKey: ["devices"],
    queryFn: () => call("devices.list", {}),
    enabled: sync !== undefined && !alone,
    retry: false,
  });
  if (alone) return <EmptyState title={t("devices.alone")}>{t("devices.aloneAbout")}</EmptyState>;
  if (error) return <ErrorNote className="m-4" error={toAppError(error)} ways={{ retry: () => void refetch() }} />;
  if (!data) return null;
  const signOut = async (device: Device) => {
    setLeaving(null);
    try {
      await call("devices.revoke", { id: device._id });
      showToast(t("devices.signedOut", { name: device.name }));
      await client.invalidateQueries({ queryKey: ["devices"] });
    } catch (thrown) {
      tellError(thrown);
    }
  };
  return (
    <div className="px-6 py-4">
      <table className="w-full table-fixed">
        <thead>
          <tr className="border-line border-b text-left text-ink-3 text-small">
            {COLUMNS.map((name) => (
              <th key={name} scope="col" className="h-8 font-medium">
                {t(`devices.${name}`)}
              </th>
            ))}
            <th scope="col" className="w-[150px]">
              <span className="sr-only">{t("devices.signOut")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {data.items.map((device) => (
            <Row
              key={device._id}
              device={device}
              who={userName(overview, device.userId) ?? t("timeline.someone")}
              onSignOut={() => setLeaving(device)}
            />
          ))}
        </tbody>
      </table>
      <Dialog
        open={leaving !== null}
        onClose={() => setLeaving(null)}
        title={t("devices.leaving", { name: leaving?.name ?? "" })}
        about={t("devices.leavingAbout")}
        foot={
          <>
            <Button onClick={() => setLeaving(null)}>{t("cancel")}</Button>
            <Button variant="danger" onClick={() => leaving && void signOut(leaving)}>
              {t("devices.signOut")}
            </Button>
          </>
        }
      >
        {null}
      </Dialog>
    </div>
  );
}
