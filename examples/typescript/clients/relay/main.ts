// relay-runtime: `node build/clients/relay.js [endpoint]`. Pages, refetches and follows as Relay's hooks do; what
// relay-compiler made of page.ts is imported in place of its Babel plugin.
import { createClient } from 'graphql-ws';
import {
  type Direction, Environment, type FetchFunction, Network, Observable, type OperationType, type ReaderFragment, RecordSource, type SingularReaderSelector,
  Store, type SubscribeFunction, commitMutation, createOperationDescriptor, fetchQuery, getPaginationMetadata, getPaginationVariables, getSelector,
  getValueAtPath, requestSubscription,
} from 'relay-runtime';
import WebSocket from 'ws';
import { endpoint, holds, same, socketEndpoint, tell } from '../checks.js';
import fragment, { type pageHosts$data, type pageHosts$key } from './generated/pageHosts.graphql.js';
import subscription, { type pageJobSubscription } from './generated/pageJobSubscription.graphql.js';
import query, { type pageQuery, type pageQuery$variables } from './generated/pageQuery.graphql.js';
import mutation, { type pageStartMutation } from './generated/pageStartMutation.graphql.js';

// The network as Relay's own pages have it.
const sent: Record<string, unknown>[] = [];
const fetchFn: FetchFunction = async (request, variables) => {
  sent.push(variables);
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      Accept: 'application/graphql-response+json; charset=utf-8, application/json; charset=utf-8',
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ query: request.text, variables }),
  });
  return await response.json();
};
const socket = createClient({ url: socketEndpoint, webSocketImpl: WebSocket });
const subscribeFn: SubscribeFunction = (operation, variables) => Observable.create((sink) =>
  socket.subscribe({ operationName: operation.name, query: operation.text!, variables }, sink as never));
const create = () => new Environment({ network: Network.create(fetchFn, subscribeFn), store: new Store(new RecordSource()) });

/** Page is a connection in Relay's store, as usePaginationFragment has it. */
class Page {
  private constructor(private readonly environment: Environment, private readonly key: pageHosts$key) {}

  static async open(variables: pageQuery$variables): Promise<Page> {
    const environment = create();
    const key = await fetchQuery<pageQuery>(environment, query, variables).toPromise();
    environment.retain(createOperationDescriptor(query, variables));
    return new Page(environment, key!);
  }

  private get selector(): SingularReaderSelector {
    return getSelector(fragment, this.key as never) as SingularReaderSelector;
  }

  get data(): NonNullable<pageHosts$data['hosts']> & { pageInfo: Record<string, unknown> } {
    return (this.environment.lookup(this.selector).data as unknown as pageHosts$data).hosts as never;
  }

  get ids(): string[] {
    return this.data.edges.map(({ node }) => node.hostId);
  }

  /** load is loadNext or loadPrevious of usePaginationFragment: one request in the same direction, joined into the store. */
  async load(direction: Direction, count: number): Promise<void> {
    const { connectionPathInFragmentData, paginationRequest, paginationMetadata } = getPaginationMetadata(fragment as ReaderFragment, 'Page');
    const { owner, variables } = this.selector;
    const connection = getValueAtPath(this.environment.lookup(this.selector).data, connectionPathInFragmentData) as Page['data'];
    const cursor = connection.pageInfo[direction === 'forward' ? 'endCursor' : 'startCursor'] as string;
    const paged = getPaginationVariables(direction, count, cursor, { ...owner.variables, ...variables }, {}, paginationMetadata);
    await fetchQuery<OperationType>(this.environment, paginationRequest, paged, { fetchPolicy: 'network-only' }).toPromise();
  }
}

// Forwards from the start, and backwards from the end.
const whole = (await Page.open({ first: 9 })).ids;
same(new Set(whole).size, 9, 'nine hosts');
const forwards = await Page.open({ first: 3 });
await forwards.load('forward', 3);
await forwards.load('forward', 3);
same(forwards.ids, whole, 'three pages forwards');
const { after, ...others } = sent.at(-1)!;
same(others, { first: 3, last: null, before: null }, 'the other direction is null');
holds(typeof after === 'string', 'after a cursor');
const everything = (await Page.open({ first: 500 })).ids;
const backwards = await Page.open({ last: 2 });
await backwards.load('backward', 2);
await backwards.load('backward', 2);
same(backwards.ids, everything.slice(-6), 'three pages backwards');
const { before, ...nulls } = sent.at(-1)!;
same(nulls, { last: 2, first: null, after: null }, 'the other direction is null');
holds(typeof before === 'string', 'before a cursor');

// From a place in the middle to both ends.
const middle = await Page.open({ first: 3, after: (await Page.open({ first: 3 })).data.pageInfo['endCursor'] as string });
await middle.load('forward', 3);
await middle.load('backward', 500);
same(middle.ids, whole, 'from the middle both ways');
same([middle.data.pageInfo['hasPreviousPage'], backwards.data.pageInfo['hasPreviousPage']], [false, true], 'whether there is more before');

// A mutation, and the job that it starts.
const environment = create();
const { createMeterJob } = await new Promise<pageStartMutation['response']>((resolve, reject) => {
  commitMutation<pageStartMutation>(environment, { mutation, variables: { input: {} }, onCompleted: resolve, onError: reject });
});
const { jobId } = createMeterJob!.meterJob!;
const event = await new Promise<pageJobSubscription['response'] | null | undefined>((resolve, reject) => {
  const { dispose } = requestSubscription<pageJobSubscription>(environment, {
    subscription, variables: { jobId }, onError: reject, onNext(data) {
      queueMicrotask(() => dispose());
      resolve(data);
    },
  });
});
same([event?.meterJob?.kind, event?.meterJob?.job?.jobId], ['STATE', jobId], 'the state of the job');
await socket.dispose();
tell('relay-runtime');
