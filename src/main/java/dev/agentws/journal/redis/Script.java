package dev.agentws.journal.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What must happen in Redis in one piece. A script answers with a list whose first element is a word. */
enum Script {
    /**
     * Keys: meta, stream, lease, channel, directory, busy. Arguments: fence, entries before, 1 to create, node, lease in ms, session, now
     * in ms, 1 while something is under way, whether Redis keeps what it confirms or - if that was said before, then id, kind and JSON of
     * each entry. Answers ok, exists, fenced or lost (with what is there). Sent twice, it answers ok twice and writes once: only the
     * holder of a fence numbers under it. It writes a little also the second time, so that WAIT has something to wait for.
     */
    APPEND(Parts.STORY + """
            local meta = redis.call('HMGET', KEYS[1], 'fence', 'entries')
            local from = tonumber(ARGV[2])
            local n = (#ARGV - 9) / 3
            if not meta[1] then
              if ARGV[3] ~= '1' or from ~= 0 then return {'lost', 0} end
              if redis.call('EXISTS', KEYS[2]) == 1 then return {'exists'} end
              redis.call('HSET', KEYS[1], 'fence', ARGV[1], 'epoch', 1, 'entries', 0, 'last', '')
              redis.call('SET', KEYS[3], ARGV[4], 'PX', ARGV[5])
              redis.call('ZADD', KEYS[5], ARGV[7], ARGV[6])
              meta = {ARGV[1], '0'}
            end
            if meta[1] ~= ARGV[1] then
              if ARGV[3] == '1' then return {'exists'} end
              return {'fenced'}
            end
            local have = tonumber(meta[2])
            if have ~= from and have < from + n then return {'lost', have} end
            if ARGV[9] ~= '-' then vouch(KEYS[1], ARGV[9]) end
            if have >= from + n then
              redis.call('HSET', KEYS[1], 'entries', have)
              return {'ok'}
            end
            local last
            for i = 10, #ARGV, 3 do
              last = ARGV[i]
              redis.call('XADD', KEYS[2], last, 'k', ARGV[i + 1], 'd', ARGV[i + 2])
            end
            redis.call('HSET', KEYS[1], 'entries', from + n, 'last', last)
            redis.call(ARGV[8] == '1' and 'SADD' or 'SREM', KEYS[6], ARGV[6])
            redis.call('PUBLISH', KEYS[4], last)
            return {'ok'}
            """),

    /**
     * Keys: meta, stream, lease, archive, directory, channel. Arguments: node, lease in ms, a random word, session, whether Redis keeps
     * what it confirms, how many entries were committed or - if nobody knows, what kind a hole has, its length. Answers ok with fence,
     * entries, last id and since when it was archived (0: it was not); none; taken with the node that has it; lost with what was expected and what is there.
     *
     * <p>Where Redis has begun another story since the last owner vouched for the book, and may have lost the end of that one, a hole in
     * the numbers keeps those of the lost frames from being given a second time.
     */
    CLAIM(Parts.STORY + """
            if redis.call('EXISTS', KEYS[1]) == 0 then
              if redis.call('EXISTS', KEYS[2]) == 1 then return {'lost', 'no head', 'entries'} end
              return {'none'}
            end
            local owner = redis.call('GET', KEYS[3])
            if owner and owner ~= ARGV[1] then return {'taken', owner} end
            local meta = redis.call('HMGET', KEYS[1], 'entries', 'last', 'story', 'keeps')
            local entries = tonumber(meta[1])
            local last = meta[2]
            local top = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
            local id = top[1] and top[1][1] or ''
            if id ~= last then return {'lost', last, id} end
            if ARGV[6] ~= '-' then
              if entries < tonumber(ARGV[6]) then return {'lost', ARGV[6] .. ' entries', entries} end
            else
              local now, keeps = story(ARGV[5])
              local whole = now ~= '' and meta[3] == now or meta[4] == '1' and keeps == '1'
              if not whole then
                last = string.format('%.0f-1', tonumber(string.match(last, '%d+')) + tonumber(ARGV[8]))
                redis.call('XADD', KEYS[2], last, 'k', ARGV[7], 'd', '{}')
                entries = entries + 1
                redis.call('HSET', KEYS[1], 'entries', entries, 'last', last)
              end
              vouch(KEYS[1], ARGV[5])
              if not whole then redis.call('PUBLISH', KEYS[6], last) end
            end
            local fence = redis.call('HINCRBY', KEYS[1], 'epoch', 1) .. ':' .. ARGV[1] .. ':' .. ARGV[3]
            redis.call('SET', KEYS[3], ARGV[1], 'PX', ARGV[2])
            redis.call('HSET', KEYS[1], 'fence', fence)
            local archived = redis.call('ZSCORE', KEYS[4], ARGV[4])
            if archived then
              redis.call('ZREM', KEYS[4], ARGV[4])
              redis.call('ZADD', KEYS[5], archived, ARGV[4])
            end
            return {'ok', fence, entries, last, archived or '0'}
            """),

    /**
     * Keys: meta, lease. Arguments: fence, node, lease in ms, how many entries were committed, whether Redis keeps what it confirms or -
     * if that was said before or more is under way. Answers ok, fenced or lost (with what is there). An expired lease that nobody took
     * comes back.
     */
    RENEW(Parts.STORY + """
            local meta = redis.call('HMGET', KEYS[1], 'fence', 'entries')
            if not meta[1] then return {'lost', 0} end
            if meta[1] ~= ARGV[1] then return {'fenced'} end
            if tonumber(meta[2]) < tonumber(ARGV[4]) then return {'lost', tonumber(meta[2])} end
            if ARGV[5] ~= '-' then vouch(KEYS[1], ARGV[5]) end
            redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
            return {'ok'}
            """),

    /**
     * Keys: meta, lease, commands, busy. Arguments: fence, session, 1 if nothing is under way in it. Answers ok or fenced. The fence goes
     * too, so that nothing of ours still under way lands.
     */
    RELEASE("""
            if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return {'fenced'} end
            redis.call('HSET', KEYS[1], 'fence', '')
            redis.call('DEL', KEYS[2])
            if ARGV[3] == '1' and redis.call('XLEN', KEYS[3]) == 0 then redis.call('SREM', KEYS[4], ARGV[2]) end
            return {'ok'}
            """),

    /** Keys: meta, lease, directory, archive, busy. Arguments: fence, session, since when in ms. Answers ok or fenced. */
    ARCHIVE("""
            if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return {'fenced'} end
            redis.call('HSET', KEYS[1], 'fence', '')
            redis.call('DEL', KEYS[2])
            redis.call('ZREM', KEYS[3], ARGV[2])
            redis.call('ZADD', KEYS[4], ARGV[3], ARGV[2])
            redis.call('SREM', KEYS[5], ARGV[2])
            return {'ok'}
            """),

    /** Keys: meta, stream, lease, commands, directory, busy. Arguments: fence, session. Answers ok or fenced. */
    DELETE("""
            local fence = redis.call('HGET', KEYS[1], 'fence')
            if fence and fence ~= ARGV[1] then return {'fenced'} end
            redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
            redis.call('ZREM', KEYS[5], ARGV[2])
            redis.call('SREM', KEYS[6], ARGV[2])
            return {'ok'}
            """),

    /** Keys: meta, directory. Arguments: fence, summary, session, now in ms. Answers ok or fenced. */
    SUMMARIZE("""
            if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return {'fenced'} end
            redis.call('HSET', KEYS[1], 'summary', ARGV[2])
            redis.call('ZADD', KEYS[2], ARGV[4], ARGV[3])
            return {'ok'}
            """),

    /** Keys: a set of sessions. Arguments: session, the most there may be. Answers ok or full. */
    ADMIT("""
            if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return {'ok'} end
            if redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[2]) then return {'full'} end
            redis.call('SADD', KEYS[1], ARGV[1])
            return {'ok'}
            """),

    /**
     * Keys: directory, commands, lease, busy, meta. Arguments: JSON, session, what channels of nodes begin with. Answers ok with the
     * command's id and the id of the session's last entry, or none. In busy, so that it is found also when the owner dies before it reads it.
     */
    SEND("""
            if not redis.call('ZSCORE', KEYS[1], ARGV[2]) then return {'none'} end
            local id = redis.call('XADD', KEYS[2], '*', 'd', ARGV[1])
            redis.call('SADD', KEYS[4], ARGV[2])
            local owner = redis.call('GET', KEYS[3])
            if owner then redis.call('PUBLISH', ARGV[3] .. owner, ARGV[2]) end
            return {'ok', id, redis.call('HGET', KEYS[5], 'last') or ''}
            """),

    /** Keys: commands, outcome, channel. Arguments: id, what became of it, how long that is kept in ms. Answers ok. */
    DONE("""
            redis.call('XDEL', KEYS[1], ARGV[1])
            redis.call('XTRIM', KEYS[1], 'MINID', ARGV[1])
            redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
            redis.call('PUBLISH', KEYS[3], ARGV[1])
            return {'ok'}
            """);

    /** What scripts have in common. */
    private static final class Parts {
        /**
         * A story is what one Redis knows from its start, or from when it took over from another, on: by its name it is told from what
         * any other made of the same data. To vouch is to say that the book is whole in this story, and whether the next one will have
         * all of it: not if a replica, which may lack the end, could begin that.
         */
        static final String STORY = """
            local function story(keeps)
              local told = redis.call('INFO', 'replication')
              local alone = string.match(told, 'role:master') and string.match(told, 'connected_slaves:0%s')
              return string.match(told, 'master_replid:(%w+)') or '', alone and keeps or '0'
            end
            local function vouch(meta, keeps)
              local now, kept = story(keeps)
              redis.call('HSET', meta, 'story', now, 'keeps', kept)
            end
            """;
    }

    private final String text;
    private final String digest;

    Script(String text) {
        this.text = text;
        digest = digest(text.getBytes(StandardCharsets.UTF_8));
    }

    String text() {
        return text;
    }

    /** By which Redis knows it once it has seen it. */
    String digest() {
        return digest;
    }

    // Redis names scripts by SHA-1; nothing secret depends on it.
    private static String digest(byte[] text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }
}
