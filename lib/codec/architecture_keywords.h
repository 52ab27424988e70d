// Words of architecture files that belong to no single layer type. Internal to codec.
#pragma once

namespace akida::codec {

// Keys of the document.
inline constexpr const char* kInputScalingKey = "input_scaling";
inline constexpr const char* kClassNamesKey = "class_names";
inline constexpr const char* kAnchorsKey = "anchors";
inline constexpr const char* kMetadataKey = "metadata";
inline constexpr const char* kLayersKey = "layers";

// Keys that every layer has, around its parameters.
inline constexpr const char* kTypeKey = "type";
inline constexpr const char* kNameKey = "name";
inline constexpr const char* kInboundKey = "inbound_layers";
inline constexpr const char* kVariablesKey = "variables";

// kAsPoolSize: optional, and by default what pool_size is.
enum class Presence : unsigned char { kRequired, kOptional, kAsPoolSize };

}  // namespace akida::codec
