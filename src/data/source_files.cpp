// Sources whose samples are files: folders, tables that name files, single files.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/file.h"
#include "base/text.h"
#include "codec/csv.h"
#include "data/listing.h"
#include "data/readers.h"
#include "data/source_build.h"

namespace pestle::data {
namespace {

Result<Found> one_file_a_sample(const DataRequest& request, std::vector<FoundSample> samples) {
  if (request.inputs.size() > 1) {
    std::vector<std::string> inputs;
    for (const InputSpec& spec : request.inputs) inputs.push_back(describe(spec));
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("{} feeds one input, the model has {}: {}", request.path, inputs.size(), join(inputs, ", ")),
        "give a .csv with a column an input, an .npz, or a folder with one .npy an input");
  }
  const std::string folder = is_directory(request.path) ? request.path : parent_folder(request.path);
  std::vector<std::string> paths;
  for (size_t i = 0; i < samples.size(); ++i) {
    paths.push_back(join_path(folder, samples[i].name));
    samples[i].row = i;
  }
  Found found;
  found.samples = std::move(samples);
  found.reader = std::make_shared<FileReader>(std::move(paths), request.preprocess, request.inputs);
  return found;
}

Status check_files_exist(const std::vector<std::string>& paths, const std::string& table_path) {
  size_t missing = 0;
  std::string first;
  for (const std::string& path : paths) {
    if (file_exists(path)) continue;
    if (missing++ == 0) first = path;
  }
  if (missing == 0) return {};
  return in_context(
      fail(ErrorCode::kNotFound,
           fmt::format("{} of {} files that it names do not exist, the first is {}", missing, paths.size(), first),
           "is it the label file of another folder?")
          .value(),
      table_path);
}

Result<Found> files_of_table(const DataRequest& request, const LabelTable& table, const std::string& table_path) {
  if (table.by_index) {
    return in_context(
        fail(ErrorCode::kInvalidFile, fmt::format("it is keyed by index, and {} holds files", request.path),
             "a label file for files has a column 'file'")
            .value(),
        table_path);
  }
  std::vector<FoundSample> samples;
  std::vector<std::string> paths;
  for (const LabelRow& row : table.rows) {
    samples.push_back({row.file, row.label, row.split, 0});
    paths.push_back(join_path(request.path, row.file));
  }
  if (samples.empty()) return in_context(fail(ErrorCode::kInvalidFile, "it lists no samples").value(), table_path);
  PESTLE_TRY(check_files_exist(paths, table_path));
  return one_file_a_sample(request, std::move(samples));
}

std::string shown(const std::vector<std::string>& names) {
  constexpr size_t kShown = 3;
  const std::vector<std::string> first(names.begin(), names.begin() + std::min(kShown, names.size()));
  return join(first, ", ") + (names.size() > kShown ? ", ..." : "");
}

Result<Found> class_folders(const DataRequest& request, const std::vector<std::string>& folders) {
  std::vector<FoundSample> samples;
  for (const std::string& folder : folders) {
    PESTLE_ASSIGN(const Listing inside, list_folder(join_path(request.path, folder)));
    for (const std::string& file : inside.files) {
      if (is_media_name(file)) samples.push_back({join_path(folder, file), folder, {}, 0});
    }
  }
  if (samples.empty() && !folders.empty()) {
    return fail(ErrorCode::kNotFound,
                fmt::format("{} holds no samples; its sub-folders ({}) are taken as classes, and they hold none either",
                            request.path, shown(folders)),
                "put pictures (.jpg, .png, .webp) or sounds (.wav) there, or directly in one sub-folder a class");
  }
  PESTLE_ASSIGN(Found found, one_file_a_sample(request, std::move(samples)));
  found.by_folder = true;
  return found;
}

Result<Found> arrays_of_folder(const DataRequest& request, const Listing& listing,
                               const std::optional<LabelTable>& table, const std::string& table_path) {
  std::vector<NamedFile> files;
  for (const std::string& name : listing.files) {
    if (has_ending(name, ".npy")) files.push_back({name.substr(0, name.size() - 4), join_path(request.path, name)});
  }
  PESTLE_ASSIGN(Found found, find_in_npy(request, files));
  if (!table) return found;
  const Status status = apply_index_table(*table, found);
  if (!status) return in_context(status.error(), table_path);
  return found;
}

bool any_media(const Listing& listing) { return std::ranges::any_of(listing.files, is_media_name); }
bool any_npy(const Listing& listing) {
  return std::ranges::any_of(listing.files, [](const std::string& name) { return has_ending(name, ".npy"); });
}

Result<Found> samples_of_folder(const DataRequest& request, const Listing& listing,
                                const std::optional<LabelTable>& table, const std::string& table_path) {
  if (any_npy(listing) && !any_media(listing)) return arrays_of_folder(request, listing, table, table_path);
  if (table) return files_of_table(request, *table, table_path);
  std::vector<FoundSample> samples;
  for (const std::string& file : listing.files) {
    if (is_media_name(file)) samples.push_back({file, {}, {}, 0});
  }
  if (!samples.empty()) return one_file_a_sample(request, std::move(samples));
  PESTLE_ASSIGN(Found found, class_folders(request, listing.folders));
  if (!found.samples.empty()) return found;
  return fail(ErrorCode::kNotFound, fmt::format("{} holds no samples", request.path),
              "put pictures (.jpg, .png, .webp), sounds (.wav) or one .npy an input there, or one sub-folder a class");
}

// A table as data: a column an input, `file` for the only one; `label` and `split` as in label files.
Result<Found> files_of_csv(const DataRequest& request) {
  PESTLE_ASSIGN(const Bytes bytes, map_file(request.path));
  PESTLE_ASSIGN(const codec::CsvTable csv,
                codec::read_csv({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
  std::vector<std::optional<size_t>> columns(request.inputs.size());
  for (size_t c = 0; c < csv.columns.size(); ++c) {
    const bool only = request.inputs.size() == 1 && csv.columns[c] == "file";
    const auto input = only ? std::optional<size_t>(0) : find_input(csv.columns[c], request.inputs);
    if (input) columns[*input] = c;
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i]) continue;
    return fail(ErrorCode::kInvalidArgument, fmt::format("no column names files for {}", describe(request.inputs[i])),
                fmt::format("columns: {}", join(csv.columns, ", ")));
  }
  if (csv.rows.empty()) return fail(ErrorCode::kNotFound, "the table lists no samples");
  const auto label = csv.column("label"), split = csv.column("split");
  Found found;
  std::vector<std::string> paths;
  for (const auto& row : csv.rows) {
    for (const auto& column : columns) paths.push_back(join_path(parent_folder(request.path), row[*column]));
    found.samples.push_back(
        {row[*columns[0]], label ? row[*label] : "", split ? row[*split] : "", found.samples.size()});
  }
  PESTLE_TRY(check_files_exist(paths, request.path));
  found.reader = std::make_shared<FileReader>(std::move(paths), request.preprocess, request.inputs);
  return found;
}

Result<bool> file_begins_with(const std::string& path, std::string_view text) {
  PESTLE_ASSIGN(const Bytes file, map_file(path));
  return file.size() >= text.size() && std::memcmp(file.data(), text.data(), text.size()) == 0;
}

Result<Found> samples_of_file(const DataRequest& request) {
  if (has_ending(request.path, ".csv")) return files_of_csv(request);
  PESTLE_ASSIGN(const bool npy, file_begins_with(request.path, "\x93NUMPY"));
  if (npy) return find_in_npy(request, {{request.inputs[0].name, request.path}});
  PESTLE_ASSIGN(const bool zip, file_begins_with(request.path, "PK"));
  if (zip) return find_in_npz(request);
  if (is_media_name(request.path)) {
    return one_file_a_sample(request, {{request.path.substr(parent_folder(request.path).size()), {}, {}, 0}});
  }
  return fail(ErrorCode::kUnsupported, "not something that samples can be read from",
              "give a folder, a picture, a .wav, a .csv, a .npy or a .npz");
}

Failure rows_cannot_label_files(const DataRequest& request) {
  return in_context(fail(ErrorCode::kInvalidFile,
                         fmt::format("it has one label a row and names no files, and {} holds files", request.path),
                         "a label file for files begins with the line 'file,label'")
                        .value(),
                    request.labels);
}

Result<Found> labelled_by_row(const DataRequest& request, const LabelFile& labels, Found found) {
  const Status status = apply_row_labels(labels.by_row, found);
  if (!status) return in_context(status.error(), request.labels);
  return found;
}

}  // namespace

Result<Found> find_in_folder(const DataRequest& request, const LabelFile& labels) {
  PESTLE_ASSIGN(const Listing listing, list_folder(request.path));
  const bool arrays = any_npy(listing) && !any_media(listing);
  const bool by_row = arrays && !labels.by_row.empty();
  if (!arrays && !labels.by_row.empty() && labels.class_names.empty()) return rows_cannot_label_files(request);
  std::optional<LabelTable> table = labels.table;
  std::string table_path = request.labels;
  if (!table && !by_row && std::ranges::binary_search(listing.files, "labels.csv")) {
    table_path = join_path(request.path, "labels.csv");
    PESTLE_ASSIGN(table, read_label_table(table_path, request.path));
  }
  PESTLE_ASSIGN(Found found, samples_of_folder(request, listing, table, table_path));
  if (by_row) return labelled_by_row(request, labels, std::move(found));
  found.class_names = labels.class_names;
  if (found.class_names.empty() && std::ranges::binary_search(listing.files, "labels.txt")) {
    PESTLE_ASSIGN(found.class_names, read_class_names(join_path(request.path, "labels.txt")));
  }
  return found;
}

Result<Found> find_in_file(const DataRequest& request, const LabelFile& labels) {
  auto found = samples_of_file(request);
  if (!found) {
    Error error = std::move(found).error();
    if (describe(error).find(request.path) != std::string::npos) return Failure(std::move(error));
    return in_context(std::move(error), request.path);
  }
  if (labels.table) {
    const Status status = apply_index_table(*labels.table, *found);
    if (!status) return in_context(status.error(), request.labels);
  }
  const bool labelled = std::ranges::any_of(found->samples, [](const FoundSample& s) { return !s.label.empty(); });
  if (!labels.by_row.empty() && (!labelled || labels.class_names.empty()))
    return labelled_by_row(request, labels, std::move(*found));
  found->class_names = labels.class_names;
  return found;
}

}  // namespace pestle::data
