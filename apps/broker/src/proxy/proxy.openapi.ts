import type { OpenAPIObject } from '@nestjs/swagger';
import { PERMISSION_EXTENSION, type Permission } from '#service';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;

export const PROXY_PERMISSION: Permission = 'proxy.call';

export const PROXY_METHODS = ['get', 'post', 'put', 'delete', 'patch'] as const;

const inPath = (name: string, description: string) => ({
  name,
  in: 'path' as const,
  required: true,
  description,
  schema: { type: 'string' as const },
});
const COMPONENT = inPath('component_appid', 'The component’s appid.');
const AUTHORIZER = inPath('authorizer_appid', 'The authorizer’s appid.');
const WECHAT_PATH = inPath(
  'path',
  'WeChat’s path without its first slash, such as `wxa/getwxacode`; its slashes stay as they are.',
);

function operations(name: string, summary: string, parameters: Operation['parameters']): PathItem {
  const entries = PROXY_METHODS.map((method): [string, Operation] => [
    method,
    {
      operationId: `${method}_${name}`,
      tags: ['proxy'],
      summary,
      description:
        'Query, body and content type go to WeChat as they are, with a token put in, and its answer comes back as it is: its errors are HTTP 200 with an `errcode`.',
      ...{ [PERMISSION_EXTENSION]: PROXY_PERMISSION },
      ...(parameters ? { parameters } : {}),
      ...(method === 'get' ? {} : { requestBody: { content: { '*/*': {} } } }),
      responses: { 200: { description: 'WeChat’s answer.', content: { '*/*': {} } } },
    },
  ]);
  return Object.fromEntries(entries);
}

/** The proxy's routes in the API's description: they belong to Fastify itself, so that Nest does not know of them. */
export const proxyPaths: OpenAPIObject['paths'] = {
  '/v1/components/{component_appid}/wechat/{path}': operations('wechat_as_component', 'Calls WeChat as the component.', [
    COMPONENT,
    WECHAT_PATH,
  ]),
  '/v1/components/{component_appid}/authorizers/{authorizer_appid}/wechat/{path}': operations(
    'wechat_for_authorizer',
    'Calls WeChat for an authorizer.',
    [COMPONENT, AUTHORIZER, WECHAT_PATH],
  ),
};
