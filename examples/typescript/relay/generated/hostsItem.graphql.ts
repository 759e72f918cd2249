/**
 * @generated SignedSource<<0163436665c64c24a89b7822cadb7cee>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ReaderFragment } from 'relay-runtime';
import { FragmentRefs } from "relay-runtime";
export type hostsItem$data = {
  readonly hostId: string;
  readonly id: string;
  readonly name: string | null | undefined;
  readonly region: {
    readonly code: string;
  } | null | undefined;
  readonly virtualMachines: {
    readonly totalCount: number | null | undefined;
  } | null | undefined;
  readonly " $fragmentType": "hostsItem";
};
export type hostsItem$key = {
  readonly " $data"?: hostsItem$data;
  readonly " $fragmentSpreads": FragmentRefs<"hostsItem">;
};

import hostsItemRefetchQuery_graphql from './hostsItemRefetchQuery.graphql';

const node: ReaderFragment = {
  "argumentDefinitions": [],
  "kind": "Fragment",
  "metadata": {
    "refetch": {
      "connection": null,
      "fragmentPathInResult": [
        "node"
      ],
      "operation": hostsItemRefetchQuery_graphql,
      "identifierInfo": {
        "identifierField": "id",
        "identifierQueryVariableName": "id"
      }
    }
  },
  "name": "hostsItem",
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "hostId",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "name",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": "Region",
      "kind": "LinkedField",
      "name": "region",
      "plural": false,
      "selections": [
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "code",
          "storageKey": null
        }
      ],
      "storageKey": null
    },
    {
      "alias": null,
      "args": [
        {
          "kind": "Literal",
          "name": "first",
          "value": 3
        }
      ],
      "concreteType": "VirtualMachineConnection",
      "kind": "LinkedField",
      "name": "virtualMachines",
      "plural": false,
      "selections": [
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "totalCount",
          "storageKey": null
        }
      ],
      "storageKey": "virtualMachines(first:3)"
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "id",
      "storageKey": null
    }
  ],
  "type": "Host",
  "abstractKey": null
};

(node as any).hash = "63787c3362981cb7fb5f0a06543e5809";

export default node;
