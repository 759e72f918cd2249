import { defineWords } from '../text/words'

/** words are those of the token's dialog and of exports. */
export const words = defineWords(
  {
    title: 'Who are you?',
    wanted: 'The gateway answers only callers that it knows.',
    refused: 'The gateway does not know this token, or it has run out.',
    kind: 'Kind of token',
    upstream: 'Token of the upstream (IAM)',
    bearer: 'Bearer token',
    token: 'Token',
    domainId: 'Account ID (domain)',
    domainHint: 'Only where the token does not say it.',
    memory: 'It stays in the memory of this page: a reload forgets it, and it is in no address.',
    use: 'Use it',
    later: 'Not now',
    empty: 'Nothing is in here.',
    wrong: 'A token has no spaces and no line breaks.',
  },
  {
    title: '验证身份',
    wanted: '网关只应答已知的调用者。',
    refused: '网关不认识此令牌，或令牌已过期。',
    kind: '令牌类型',
    upstream: '上游令牌（IAM）',
    bearer: 'Bearer 令牌',
    token: '令牌',
    domainId: '账号 ID（domain）',
    domainHint: '仅在令牌未包含时填写。',
    memory: '令牌只保存在本页内存中：刷新即失效，且不会出现在任何地址里。',
    use: '使用',
    later: '暂不',
    empty: '请输入令牌。',
    wrong: '令牌中不能有空格和换行。',
  },
)
