#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| codec_tests::targets::server_request(data));
