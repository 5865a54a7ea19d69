/** OpenAI's chat completions API, which Groq, vLLM and many other services have, too. */
@NullMarked
package dev.parley.providers.openai;

import org.jspecify.annotations.NullMarked;
