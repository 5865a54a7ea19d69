/** OpenAI's chat completions, which Groq, vLLM and many others speak too. */
@NullMarked
package dev.parley.engine.provider.openai;

import org.jspecify.annotations.NullMarked;
