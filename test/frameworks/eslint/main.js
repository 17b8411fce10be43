import * as isthmus from 'isthmus';
import * as slim from 'isthmus/slim';
import * as tfjs from 'isthmus/tfjs';
import * as worker from 'isthmus/worker';
import * as inline from 'isthmus/worker-inline';

export { inline, isthmus, slim, tfjs, worker };
