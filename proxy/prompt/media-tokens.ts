type Media = 'image' | 'audio' | 'video' | 'file';

/**
 * What each part of a message that is not text counts as, whatever its size: how many tokens it
 * becomes is up to the model. Qwen2-VL makes one of 28 × 28 pixels, so that a picture of 900 × 900
 * becomes 1,024 of them; LLaVA-1.5 makes 576 of any. Qwen2-Audio makes 25 of a second, here of
 * twenty. A video is taken as four pictures, a file as one page that is looked at as a picture.
 */
export const mediaTokens: Readonly<Record<Media, number>> = {
  image: 1_024,
  audio: 512,
  video: 4_096,
  file: 1_024,
};

/** Keys of parts, in the APIs of OpenAI (chat, responses), of vLLM and of Anthropic. */
export const mediaFields: ReadonlyMap<string, Media> = new Map<string, Media>([
  ['image_url', 'image'],
  ['image', 'image'],
  ['image_pil', 'image'],
  ['image_embeds', 'image'],
  ['source', 'image'],
  ['input_audio', 'audio'],
  ['audio_url', 'audio'],
  ['video_url', 'video'],
  ['video', 'video'],
  ['file', 'file'],
  ['file_data', 'file'],
  ['file_id', 'file'],
  ['file_url', 'file'],
]);
