#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| codec_tests::targets::xml_text(data));
