// A made-up company at once: no network, no name, nothing to lose.
import { useNavigate } from "react-router";
import { call } from "../../lib/call";
import { useAttempt } from "./useAttempt";

export function useLookAround(passphrase: string | undefined) {
  const { busy, error, attempt } = useAttempt();
  const navigate = useNavigate();
  const start = async () => {
    const args = passphrase ? { passphrase } : {};
    if (await attempt(() => call("session.lookAround", args))) navigate("/today");
  };
  return { busy, error, start };
}
