/**
 * The words on the socket, as types. No code; docs/protocol.md says what each means.
 *
 * @typedef {Record<string, any>} Json
 *
 * @typedef {{type: 'addRules', rules: {toolName: string, ruleContent?: string}[], behavior: string, destination?: string}
 *   | {type: 'setMode', mode: string, destination?: string}
 *   | {type: 'addDirectories', directories: string[], destination?: string}} PermissionUpdate
 *
 * @typedef {{oldStart: number, oldLines: number, newStart: number, newLines: number, lines: string[]}} Hunk
 * @typedef {{type: 'create' | 'update', filePath: string, structuredPatch: Hunk[], truncated?: boolean}} FileChange
 *
 * @typedef {object} SessionInfo
 * @property {string} id
 * @property {string} created_at
 * @property {string} updated_at
 * @property {'idle' | 'processing' | 'ended'} status
 * @property {Json} options
 * @property {number | null} cost_usd
 * @property {number} num_turns
 * @property {string} model_name
 * @property {string} permission_mode
 * @property {number} last_seq
 * @property {number} queue_length
 * @property {string[]} pending_permissions
 * @property {string} [sandbox]
 * @property {string | null} [error_message]
 *
 * @typedef {{input_tokens: number, output_tokens: number, cache_creation_input_tokens: number, cache_read_input_tokens: number}} Usage
 *
 * @typedef {{session_id: string, seq: number, replayed?: boolean}} Event
 *
 * @typedef {Event & {type: 'session_created', session: SessionInfo}} SessionCreated
 * @typedef {Event & {type: 'session_updated', session: SessionInfo}} SessionUpdated
 * @typedef {Event & {type: 'agent_thinking', thinking: boolean, content?: string}} AgentThinking
 * @typedef {Event & {type: 'agent_message', content: string, complete: boolean, message_id: string}} AgentMessage
 * @typedef {Event & {type: 'agent_tool_use', tool: string, input: Json, tool_use_id: string}} AgentToolUse
 * @typedef {Event & {type: 'agent_tool_output', tool_use_id: string, stream: string, content: string}} AgentToolOutput
 * @typedef {Event & {type: 'agent_tool_result', tool_use_id: string, tool: string, content: string, is_error: boolean,
 *   duration_ms: number, details?: Json}} AgentToolResult
 * @typedef {Event & {type: 'permission_request', request_id: string, tool: string, tool_use_id: string, parameters: Json,
 *   details: Json, description: string, expires_at: string, decision_reason?: string,
 *   suggestions?: PermissionUpdate[]}} PermissionRequest
 * @typedef {Event & {type: 'permission_acknowledged', request_id: string, approved: boolean, tool: string,
 *   status: string}} PermissionAcknowledged
 * @typedef {Event & {type: 'permission_denied', tool: string, tool_use_id: string, message: string}} PermissionDenied
 * @typedef {Event & {type: 'agent_result', prompt_id: string | null, stop_reason: string, is_error: boolean,
 *   error: string | null, num_turns: number, duration_ms: number, ttft_ms: number | null, cost_usd: number | null,
 *   total_cost_usd: number | null, usage: Usage, context_tokens?: number, context_window?: number,
 *   structured_output?: any}} AgentResult
 * @typedef {Event & {type: 'context_compacted', trigger: string, pre_tokens: number, post_tokens: number}} ContextCompacted
 * @typedef {Event & {type: 'session_interrupted'}} SessionInterrupted
 * @typedef {Event & {type: 'session_ended'}} SessionEnded
 * @typedef {Event & {type: 'error', message: string, code: string, details: Json | null, retryable: boolean,
 *   request_type: string | null}} TurnError
 *
 * @typedef {SessionCreated | SessionUpdated | AgentThinking | AgentMessage | AgentToolUse | AgentToolOutput | AgentToolResult
 *   | PermissionRequest | PermissionAcknowledged | PermissionDenied | AgentResult | ContextCompacted | SessionInterrupted
 *   | SessionEnded | TurnError} SessionEvent
 *
 * @typedef {{type: 'subscribed', session_id: string, after_seq: number, first_seq: number, last_seq: number, gap: boolean,
 *   status: string}} Subscribed
 * @typedef {{type: 'error', message: string, code: string, session_id: string | null, details: Json | null,
 *   request_type: string | null, retryable: boolean, retry_after_ms?: number}} Refusal
 * @typedef {{type: 'auth_success'} | {type: 'pong'} | {type: 'sessions_list', sessions: SessionInfo[]}
 *   | {type: 'agents_killed'} | Subscribed | Refusal} Answer
 */
export {};
