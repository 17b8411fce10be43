// The button that starts a job. It becomes "Cancel" while the job runs, with the progress below.
import { cancelJob, progress } from '../jobs/table-state.ts';

interface JobButtonProps {
  readonly label: string;
  readonly disabled: boolean;
  readonly onStart: () => void;
}

export function JobButton({ label, disabled, onStart }: JobButtonProps) {
  const done = progress.value;
  const isRunning = done !== undefined;
  return (
    <div class="job">
      <button type="button" class="primary" disabled={disabled && !isRunning} onClick={isRunning ? cancelJob : onStart}>
        {isRunning ? 'Cancel' : label}
      </button>
      <progress
        class={isRunning ? '' : 'idle'}
        max={1}
        value={done ?? 0}
        aria-label={`Progress: ${label.toLowerCase()}`}
        aria-hidden={!isRunning}
      />
    </div>
  );
}
