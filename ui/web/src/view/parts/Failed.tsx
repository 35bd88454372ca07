// What was asked for did not come: why, and a key that asks again.

import { useSpeech } from "../context";
import { Icon } from "./Icon";
import { Panel } from "./Panel";

export const Failed = ({ title, sub, onRetry }: { title: string; sub?: string; onRetry?: (() => void) | undefined }) => {
  const { words } = useSpeech();
  return (
    <Panel icon={<Icon name="alert" />} title={title} {...(sub ? { sub } : {})}>
      {onRetry && <button type="button" class="btn" onClick={onRetry}>{words.retry}</button>}
    </Panel>
  );
};
